export { SERVICES, type ServiceName, type Standalone, type StandaloneOptions, startStandalone } from './standalone.ts'
