export { type PresenceConfig, type PresenceSettings, presenceDefaults } from './config.ts'
export { createPresence, type PresenceParts } from './service.ts'
