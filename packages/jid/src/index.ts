export { JidError, type JidPart, type JidReason } from './error.ts'
export {
  type BareJid,
  bareOf,
  type DomainJid,
  domainOf,
  type FullJid,
  isBare,
  isDomain,
  isFull,
  type Jid,
  localOf,
  makeBare,
  parseBareJid,
  parseDomain,
  parseFullJid,
  parseJid,
  resourceOf,
  withResource,
} from './jid.ts'
export { nicknameKey, prepareLocal, preparePassword, prepareResource } from './precis.ts'
