import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, readHouse } from './source.ts'

// Writes the table of specifications into the README: node tests/house/specs.ts

/** What one `specs` entry of a feature claims. */
interface Claim {
  readonly doc: string
  readonly version: string
  readonly note: string | undefined
}

const CLAIM = /\{\s*doc: '([^']+)',\s*version: '([^']*)',\s*status: '(?:complete|partial)'(?:,\s*note: '([^']+)')?/g

const TITLES: Readonly<Record<string, string>> = {
  'RFC 5802': 'SCRAM-SHA-1',
  'RFC 5929': 'channel bindings for TLS',
  'RFC 6120': 'core',
  'RFC 6121': 'instant messaging and presence',
  'RFC 7395': 'XMPP over WebSocket',
  'RFC 7590': 'use of TLS',
  'RFC 7622': 'addresses',
  'RFC 7677': 'SCRAM-SHA-256',
  'RFC 9266': 'channel bindings for TLS 1.3',
  'XEP-0004': 'data forms',
  'XEP-0012': 'last activity',
  'XEP-0030': 'service discovery',
  'XEP-0045': 'multi-user chat',
  'XEP-0048': 'bookmarks',
  'XEP-0049': 'private XML storage',
  'XEP-0050': 'ad-hoc commands',
  'XEP-0054': 'vcard-temp',
  'XEP-0059': 'result set management',
  'XEP-0060': 'publish-subscribe',
  'XEP-0065': 'SOCKS5 bytestreams',
  'XEP-0068': 'fields of forms',
  'XEP-0077': 'in-band registration',
  'XEP-0082': 'date and time',
  'XEP-0083': 'nested roster groups',
  'XEP-0092': 'software version',
  'XEP-0114': 'components',
  'XEP-0115': 'entity capabilities',
  'XEP-0122': 'validation of forms',
  'XEP-0124': 'BOSH',
  'XEP-0128': 'service discovery extensions',
  'XEP-0133': 'service administration',
  'XEP-0138': 'stream compression',
  'XEP-0153': 'avatars in vCards',
  'XEP-0156': 'discovering connection methods',
  'XEP-0157': 'contact addresses',
  'XEP-0160': 'offline messages',
  'XEP-0163': 'personal eventing',
  'XEP-0170': 'order of stream features',
  'XEP-0178': 'certificates in SASL',
  'XEP-0185': 'dialback keys',
  'XEP-0191': 'blocking',
  'XEP-0198': 'stream management',
  'XEP-0199': 'ping',
  'XEP-0202': 'entity time',
  'XEP-0203': 'delayed delivery',
  'XEP-0206': 'XMPP over BOSH',
  'XEP-0220': 'dialback',
  'XEP-0223': 'private data in pubsub',
  'XEP-0237': 'roster versioning',
  'XEP-0249': 'direct invitations',
  'XEP-0280': 'carbons',
  'XEP-0288': 'bidirectional server connections',
  'XEP-0297': 'forwarding',
  'XEP-0313': 'message archive',
  'XEP-0317': 'hats',
  'XEP-0334': 'message processing hints',
  'XEP-0352': 'client state',
  'XEP-0357': 'push',
  'XEP-0359': 'stable ids',
  'XEP-0363': 'HTTP upload',
  'XEP-0368': 'direct TLS',
  'XEP-0377': 'spam reporting',
  'XEP-0386': 'Bind 2',
  'XEP-0388': 'SASL2',
  'XEP-0398': 'avatar conversion',
  'XEP-0402': 'bookmarks in pubsub',
  'XEP-0410': 'room self-ping',
  'XEP-0421': 'occupant ids',
  'XEP-0424': 'message retraction',
  'XEP-0425': 'moderated retraction',
  'XEP-0440': 'channel bindings of SASL',
  'XEP-0441': 'archive preferences',
  'XEP-0474': 'SCRAM downgrade protection',
  'XEP-0478': 'stream limits',
}

function claims(): readonly Claim[] {
  return readHouse()
    .filter(({ path }) => path.startsWith('services/') && !path.endsWith('.test.ts'))
    .flatMap(({ text }) => [...text.matchAll(CLAIM)])
    .map(([, doc = '', version = '', note]) => ({ doc, version, note }))
}

/** The table as it is to stand in the README: a row for each specification, with what is missing according to any feature. */
export function specTable(found: readonly Claim[] = claims()): string {
  const byDoc = Map.groupBy(found, ({ doc }) => doc)
  const rows = [...byDoc]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([doc, of]) => {
      const versions = [...new Set(of.map(({ version }) => version))].join(', ')
      const notes = [...new Set(of.flatMap(({ note }) => note ?? []))].join('; ')
      return `| ${[doc, versions].join(' ').trim()} | ${TITLES[doc] ?? ''} | ${notes === '' ? 'complete' : notes} |`
    })
  return ['| specification | | how far |', '| --- | --- | --- |', ...rows].join('\n')
}

/** Names of specifications that the features claim and `TITLES` does not know. */
export const untitled = (): readonly string[] => claims().flatMap(({ doc }) => (doc in TITLES ? [] : doc))

const [BEGIN, END] = ['<!-- specs -->', '<!-- /specs -->']

/** The README with its table as it is to be. Throws where the README has no place for it. */
export function withSpecTable(readme: string): string {
  const [from, to] = [readme.indexOf(BEGIN), readme.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`the README has no ${BEGIN} … ${END}`)
  return `${readme.slice(0, from + BEGIN.length)}\n\n${specTable()}\n\n${readme.slice(to)}`
}

if (import.meta.main) {
  const file = join(ROOT, 'README.md')
  writeFileSync(file, withSpecTable(readFileSync(file, 'utf8')))
}
