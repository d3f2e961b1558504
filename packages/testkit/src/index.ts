export { type Account, Actor, freshAccount } from './actor.ts'
export { type Cluster, type ClusterOptions, type Engines, type Grouping, LEASING, startCluster } from './cluster.ts'
export {
  type Arrival,
  Connection,
  type ConnectionOptions,
  type Header,
  type Target,
  told,
  Violation,
} from './connection.ts'
export { Deadline, NotReceived, type Witness } from './deadline.ts'
export { Device, type ResumeOptions } from './device.ts'
export { type Embedded, type EmbeddedOptions, startEmbedded } from './embedded.ts'
export { type Framing, frameFraming, type Reader, streamFraming } from './framing.ts'
export type { House, Place } from './house.ts'
export { Inbox } from './inbox.ts'
export { PORTS_NEEDED } from './listening.ts'
export { CountersWrong, isStanza, Management, SM } from './management.ts'
export { any, type Interpolated, Markup, show, xml } from './markup.ts'
export { differences, explain, type Mode, matches } from './match.ts'
export { Member, type ReadyAnswer } from './member.ts'
export { authenticate, bind, LoginRefused, offered, openStream } from './negotiation.ts'
export { freePorts } from './ports.ts'
export type { LoginOptions, SessionOptions, Way } from './session.ts'
export {
  type Cast,
  type Form,
  formOfRun,
  onlyEmbedded,
  type Stage,
  type Story,
  type StoryOptions,
  startHouse,
  storiesOf,
  type Telling,
} from './story.ts'
export { Stranger, type StrangerOptions } from './stranger.ts'
export { faultsOf } from './strictness.ts'
export { tethered } from './tether.ts'
export { type Side, Transcript } from './transcript.ts'
export { connectTransport, type Endpoint, type Sink, type Transport, type Trust } from './transport.ts'
export { connectWebSocket } from './websocket.ts'
