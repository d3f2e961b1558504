// Beside the index: the library of schemas is half of what a process loads, and only who reads the configuration needs it.
export { configDocs } from './config/docs.ts'
export { type Environment, environment } from './config/environment.ts'
export { type Loaded, loadConfig, type Sources } from './config/load.ts'
