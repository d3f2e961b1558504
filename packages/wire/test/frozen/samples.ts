import { parseBareJid, parseFullJid } from '@jabiru/jid'
import { stanzaOf } from '@jabiru/stanza'
import type { Envelope } from '../../src/envelope.ts'

const juliet = parseBareJid('juliet@capulet.lit')
const balcony = parseFullJid('juliet@capulet.lit/balcony')
const romeo = parseFullJid('romeo@montague.lit/orchard')
const session = { jid: balcony, gen: '7.1' }
const cm = { id: 'a1b2c3', epoch: 1700000000000 }
const at = { cm, conn: 'k1' }
const down = { part: 3, token: 1700000000001 }
const message = stanzaOf(
  { name: 'message', type: 'chat', id: 'm1', from: romeo, to: balcony, lang: 'en' },
  ['{jabber:client}body'],
  '<body>\n{"é": \u{1F339}}\n</body>',
)
const bare = { name: 'presence', payloads: [], inner: '' } as const
const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

/** Of each kind of envelope that the last release knows one, with every field that it may have. */
export const SAMPLES = {
  bind: { k: 'bind', account: juliet, at, resource: 'balcony' },
  out: { k: 'out', account: juliet, session, n: 4, stanza: message, trace, conn: 'k1' },
  'sm-enable': { k: 'sm-enable', account: juliet, session, resume: true, max: 300 },
  'sm-resume': { k: 'sm-resume', account: juliet, at, previd: 'x', h: 4 },
  confirm: { k: 'confirm', account: juliet, session, h: 4 },
  here: {
    k: 'here',
    account: juliet,
    at,
    session,
    record: '{"birth":"b"}',
    handled: 4,
    sent: 5,
    confirmed: 3,
    delivered: [17],
    answered: [[4, 'romeo@montague.lit/orchard q1']],
    answers: [['q1', 'romeo@montague.lit/orchard']],
    asked: [['q2', romeo, 1200, 5]],
    owed: [['q3', romeo]],
  },
  queued: { k: 'queued', account: juliet, session, stanza: message, n: 5, to: balcony, position: 17 },
  csi: { k: 'csi', account: juliet, session, active: false },
  held: { k: 'held', account: juliet, session, stanza: bare },
  gone: { k: 'gone', account: juliet, session, closed: false },
  in: { k: 'in', accounts: [juliet], stanza: message, id: 'i1', trace },
  own: { k: 'own', account: juliet, session, stanza: message, trace },
  availability: {
    k: 'availability',
    account: juliet,
    session,
    stanza: bare,
    trace,
    initial: true,
    known: true,
    directed: [romeo],
    blocked: [romeo],
  },
  blocklist: { k: 'blocklist', account: juliet, blocked: [romeo] },
  'roster-changed': {
    k: 'roster-changed',
    account: juliet,
    contact: parseBareJid('romeo@montague.lit'),
    subscription: 'both',
    was: 'to',
    item: '<item/>',
    ver: '7',
  },
  answer: { k: 'answer', account: juliet, stanza: message, trace },
  'preferences-changed': { k: 'preferences-changed', account: juliet },
  'account-removed': { k: 'account-removed', account: juliet },
  'standing-changed': { k: 'standing-changed', account: juliet },
  'end-sessions': { k: 'end-sessions', account: juliet, resource: 'balcony' },
  introduced: { k: 'introduced', cm, part: 3 },
  bound: { ...down, k: 'bound', conn: 'k1', session },
  'bind-failed': { ...down, k: 'bind-failed', conn: 'k1', condition: 'conflict' },
  deliver: { ...down, k: 'deliver', to: [{ conn: 'k1', n: 5, to: balcony, position: 17 }], stanza: message, trace },
  'sm-enabled': { ...down, k: 'sm-enabled', conn: 'k1', id: 'x', max: 300, inBase: 1, outBase: 2 },
  'sm-resumed': {
    ...down,
    k: 'sm-resumed',
    conn: 'k1',
    session,
    previd: 'x',
    handled: 4,
    confirmed: 3,
    answered: [[4, 'romeo@montague.lit/orchard q1']],
    inBase: 1,
    outBase: 2,
    asked: [['q2', romeo, 1200, 5]],
    owed: [['q3', romeo]],
  },
  'sm-failed': { ...down, k: 'sm-failed', conn: 'k1', condition: 'item-not-found', h: 4 },
  keep: { ...down, k: 'keep', conn: 'k1', record: '{"birth":"b"}' },
  hold: { ...down, k: 'hold', conn: 'k1', key: 'romeo@montague.lit/orchard', stanza: bare },
  close: { ...down, k: 'close', conn: 'k1', condition: 'conflict', text: 'replaced', tooHigh: { h: 3, sent: 2 } },
} as const satisfies Readonly<Record<string, Envelope>>
