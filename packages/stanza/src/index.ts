export {
  CONDITIONS,
  type Condition,
  ERROR_TYPES,
  type ErrorType,
  isCondition,
  isErrorType,
  STREAM_CONDITIONS,
  type StreamCondition,
} from './conditions.ts'
export { NS } from './namespaces.ts'
export { Refusal, type RefusalDetail, StreamFault, type StreamFaultDetail } from './refusal.ts'
export { type ErrorReport, errorOf, errorReply, refusalOfTop, resultReply } from './reply.ts'
export { fromTop, PRESENCE_TYPES, type PresenceType, stanzaFrom, stanzaNameOf } from './shape.ts'
export {
  clark,
  elementOf,
  hasNamespace,
  hasPayload,
  isAnswer,
  MESSAGE_TYPES,
  type MessageType,
  messageType,
  payload,
  payloadsOf,
  renderStanza,
  type Stanza,
  type StanzaHead,
  type StanzaName,
  stanza,
  stanzaOf,
  withHead,
  withPayloads,
} from './stanza.ts'
export { renderStreamError } from './stream-error.ts'
