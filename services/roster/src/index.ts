export { type RosterConfig, type RosterSettings, rosterDefaults } from './config.ts'
export { createRoster, type RosterParts } from './service.ts'
