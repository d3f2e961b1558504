export type { Decision, Place, Resource, Target } from './decision.ts'
export { IQ_TABLE, type IqType, routeIq } from './iq.ts'
export { MESSAGE_TABLE, type MessageType, routeMessage, type Situation } from './message.ts'
export { PRESENCE_TABLE, type PresenceKind, routePresence } from './presence.ts'
