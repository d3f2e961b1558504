export {
  type AccountAnswer,
  type AccountFacts,
  type AccountQuestion,
  type AccountReply,
  type AccountRequest,
  decodeAccountAnswer,
  decodeAccountQuestion,
  decodeAccountReply,
  decodeAccountRequest,
  encodeAccountAnswer,
  encodeAccountQuestion,
  encodeAccountReply,
  encodeAccountRequest,
  UnreadableRequest,
} from './account-request.ts'
export {
  type AuthBegin,
  type AuthCondition,
  type AuthContinue,
  type AuthReply,
  authConditions,
  decodeAuthBegin,
  decodeAuthContinue,
  decodeAuthReply,
  encodeAuthBegin,
  encodeAuthContinue,
  encodeAuthReply,
  UnreadableAuth,
} from './auth.ts'
export {
  createEndpoint,
  type Endpoint,
  type EndpointDeps,
  type EndpointWatch,
  type Preamble,
  type WindowState,
} from './endpoint.ts'
export type {
  Bases,
  ConnectionRef,
  Delivery,
  DownEnvelope,
  Envelope,
  Group,
  InstanceRef,
  Introduced,
  LaneEnvelope,
  OwnerEnvelope,
  SessionRef,
  UnderWay,
  UpEnvelope,
} from './envelope.ts'
export { MOST_ASKED, MOST_OWED, markOfRequest, sizeOf } from './envelope.ts'
export { collectFeatures, offerFeatures } from './features.ts'
export { type Ack, decodeAck, decodeFrame, encodeAck, encodeFrame, type Frame, UnreadableFrame } from './frame.ts'
export { type Handler, NotOwner } from './inlet.ts'
export { followManagers, type Managers, sayAlive } from './managers.ts'
export type { Announcement } from './owners.ts'
export { createOwnership, type Held, type Ownership, type OwnershipDeps } from './ownership.ts'
export { subjects, WIRE } from './subjects.ts'
export {
  createReceiveWindow,
  createSendWindow,
  type Range,
  type ReceiveWindow,
  type SendWindow,
  type Settle,
} from './window.ts'
