export {
  isBlocked,
  NS_BLOCKING,
  NS_BLOCKING_ERRORS,
  parseBlocking,
  refusalOfBlocked,
  renderBlocking,
} from './blocking.ts'
export {
  type Caps,
  type CapsVerdict,
  capsNode,
  capsOf,
  NS_CAPS,
  renderCaps,
  verificationString,
  verifyCaps,
} from './caps.ts'
export { type CarbonDirection, carbonOf, NS_CARBONS, NS_CARBONS_RULES, parseCarbon } from './carbons.ts'
export {
  COMMAND_ACTIONS,
  type CommandAction,
  type CommandFault,
  type CommandNote,
  type CommandReply,
  type CommandRequest,
  commandRefusal,
  NS_COMMANDS,
  parseCommand,
  renderCommand,
  type StageAction,
} from './commands.ts'
export { formatDateTime, formatOffset, parseDateTime, parseOffset } from './datetime.ts'
export { type Delay, delaysOf, NS_DELAY, parseDelay, renderDelay, withDelay, withoutDelays } from './delay.ts'
export {
  type DiscoInfo,
  type DiscoItem,
  type DiscoItems,
  type Identity,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  parseDiscoInfo,
  parseDiscoItems,
  renderDiscoInfo,
  renderDiscoItems,
} from './disco.ts'
export {
  type FieldType,
  type Form,
  type FormField,
  type FormKind,
  type FormOption,
  formTypeOf,
  formValue,
  formValues,
  NS_FORMS,
  parseForm,
  renderForm,
  submission,
} from './forms/form.ts'
export { type ReadingOptions, readSubmission, type Submission } from './forms/submission.ts'
export { type Method, NS_VALIDATE, type Validation } from './forms/validation.ts'
export { type Forwarded, forwardedXml, NS_FORWARD, parseForwarded } from './forwarded.ts'
export { HINTS, type Hint, hasHint, hintsOf, NS_HINTS, renderHint } from './hints.ts'
export { type LastActivity, NS_LAST, parseLast, renderLast } from './last.ts'
export { NS_MAM } from './mam.ts'
export { isTrue, MAX_UNSIGNED_INT, requireUnsigned, unsigned } from './numbers.ts'
export { addressOf, appendPayload, dropPayloads } from './payloads.ts'
export { isPing, NS_PING, renderPing } from './ping.ts'
export { NS_REGISTER, parseRegistration, type Registration, renderRegistration } from './registration.ts'
export {
  type ContactJid,
  parseRosterGet,
  parseRosterItem,
  parseRosterSet,
  ROSTER_LIMITS,
  type RosterItem,
  type RosterLimits,
  type RosterSet,
  renderRosterItem,
  renderRosterQuery,
  renderRosterRemoval,
  SUBSCRIPTIONS,
  type Subscription,
} from './roster.ts'
export {
  NS_RSM,
  type PageRequest,
  type PageResult,
  parsePageRequest,
  parsePageResult,
  renderPageRequest,
  renderPageResult,
} from './rsm.ts'
export { CONTACT_PURPOSES, type Contacts, serverCaps, serverInfo } from './server-info.ts'
export {
  NS_SID,
  originIdOf,
  renderOriginId,
  renderStanzaId,
  type StanzaId,
  stanzaIdsOf,
  withoutStanzaIds,
  withStanzaId,
} from './stanza-id.ts'
export { handledCountTooHigh, NS_SM, parseSm, renderSm, type SmElement, type SmSource } from './stream-management.ts'
export { type EntityTime, NS_TIME, parseTime, renderTime } from './time.ts'
export { NS_VERSION, parseVersion, renderVersion, type SoftwareVersion } from './version.ts'
