import assert from 'node:assert/strict'
import { Actor, LoginRefused, type Markup, type Stage, type Stranger, xml } from '@jabiru/testkit'
import { arranged as story } from './stage.ts'
import { rosterGet, rosterOf, stanzaError } from './words.ts'

/** One administrator for all stories of this file. */
const WARDEN = { username: 'warden', password: 'the keys of Verona' }

const NS = 'jabber:iq:register'
const done = xml`<iq type="result"/>`
const set = (to: string, username: string, password: string) =>
  xml`<iq type="set" to="${to}"><query xmlns="${NS}"><username>${username}</username><password>${password}</password></query></iq>`
const refusedWith = (condition: string) => (fault: unknown) =>
  fault instanceof LoginRefused && fault.condition === condition

story('XEP-0077 §3.3 — a new password is the only one from then on', async ({ romeo, juliet, house }) => {
  await romeo.comesOnline()
  await romeo.asks(set(house.domain, romeo.username, 'a rose by any other name'), done)
  await assert.rejects(romeo.laptop.logsIn(), refusedWith('not-authorized'))
  await romeo.tablet.logsIn({ password: 'a rose by any other name' })
  await juliet.exists()
  const forged = set(house.domain, juliet.username, 'poison')
  await romeo.asks(forged, xml`<iq type="error">${stanzaError('not-allowed')}</iq>`)
  await juliet.comesOnline()
})

story('XEP-0077 §3.2 — an account that is removed is gone, for itself and for others', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  await romeo.becomesFriendsWith(juliet)
  const card = xml`<vCard xmlns="vcard-temp"><FN>Romeo</FN></vCard>`
  await romeo.asks(xml`<iq type="set">${card}</iq>`, done)

  // 1. the client is told, and its stream ends
  await romeo.asks(xml`<iq type="set"><query xmlns="${NS}"><remove/></query></iq>`, done)
  await romeo.phone.receivesStreamError('not-authorized')

  // 2. its friend sees it go, and sees and is seen no more
  await juliet.receives(xml`<presence from="${romeo.phone}" type="unavailable"/>`)
  await juliet.receives(xml`<presence from="${romeo}" type="unsubscribed"/>`)
  await juliet.receives(xml`<presence from="${romeo}" type="unsubscribe"/>`)
  const item = xml`<item jid="${romeo}" subscription="none"/>`
  await juliet.receives(rosterOf('set', item))
  await juliet.asks(rosterGet, rosterOf('result', item))

  // 3. nobody logs in, and when its rows are gone it is like one that never was
  await assert.rejects(romeo.laptop.logsIn(), LoginRefused)
  const ask = xml`<iq type="get" to="${romeo}"><vCard xmlns="vcard-temp"/></iq>`
  let reply = await juliet.asks(ask)
  while (reply.attrs['type'] === 'result') reply = await juliet.asks(ask)
  await juliet.asks(ask, xml`<iq type="error">${stanzaError('service-unavailable')}</iq>`)
})

const ADMIN = 'http://jabber.org/protocol/admin'
const COMMANDS = 'http://jabber.org/protocol/commands'

let made: Promise<void> | undefined
let shift = 0

/** The administrator, online. */
async function warden({ house, deadline }: Stage): Promise<Actor> {
  made ??= house.addUser(WARDEN.username, WARDEN.password)
  await made
  const actor = new Actor('warden', house, deadline, WARDEN)
  await actor.phone.comesOnline({ resource: `shift ${++shift}` })
  return actor
}

const field = (name: string, ...values: readonly string[]) =>
  xml`<field var="${name}">${values.map((value) => xml`<value>${value}</value>`)}</field>`
const execute = (to: string, node: string) =>
  xml`<iq type="set" to="${to}"><command xmlns="${COMMANDS}" node="${ADMIN}#${node}" action="execute"/></iq>`
const completed = xml`<iq type="result"><command xmlns="${COMMANDS}" status="completed"/></iq>`

/** Runs a command of one form, and gives what it came to. */
async function runs(admin: Actor, to: string, node: string, fields: readonly Markup[], expected = completed) {
  const begun = await admin.asks(
    execute(to, node),
    xml`<iq type="result"><command xmlns="${COMMANDS}" status="executing"/></iq>`,
  )
  const [command] = begun.children
  const id = typeof command === 'object' ? (command.attrs['sessionid'] ?? '') : ''
  const form = xml`<x xmlns="jabber:x:data" type="submit">${[field('FORM_TYPE', ADMIN), ...fields]}</x>`
  const filled = xml`<command xmlns="${COMMANDS}" node="${ADMIN}#${node}" sessionid="${id}">${form}</command>`
  return admin.asks(xml`<iq type="set" to="${to}">${filled}</iq>`, expected)
}

story('XEP-0133 §4.3, §4.4 — a disabled user is thrown out and kept out until enabled again', async (stage) => {
  const { romeo, juliet, house } = stage
  const admin = await warden(stage)
  await romeo.comesOnline()
  await juliet.comesOnline()
  await romeo.becomesFriendsWith(juliet)
  const ended = romeo.phone.receivesStreamError('not-authorized')
  await runs(admin, house.domain, 'disable-user', [field('accountjids', romeo.jid)])
  await ended
  await juliet.receives(xml`<presence from="${romeo.phone}" type="unavailable"/>`)
  await assert.rejects(romeo.laptop.logsIn(), refusedWith('account-disabled'))
  // What others send is kept for later.
  juliet.sends(xml`<message to="${romeo}" type="chat"><body>where art thou</body></message>`)
  await juliet.phone.pingsItself()
  await runs(admin, house.domain, 'reenable-user', [field('accountjids', romeo.jid)])
  await romeo.tablet.comesOnline()
  await romeo.tablet.receives(xml`<message from="${juliet.phone}"><body>where art thou</body></message>`)
})

story('XEP-0133 §4.5 — a session that an administrator ends is over, and another begins', async (stage) => {
  const { romeo, house } = stage
  const admin = await warden(stage)
  await romeo.comesOnline()
  await romeo.laptop.comesOnline()
  const ended = romeo.phone.receivesStreamError('policy-violation')
  await runs(admin, house.domain, 'end-user-session', [field('accountjids', romeo.phone.jid)])
  await ended
  await romeo.laptop.receives(xml`<presence from="${romeo.phone}" type="unavailable"/>`)
  await romeo.laptop.pingsItself()
  await romeo.tablet.comesOnline()
})

story('XEP-0133 §4.1, §4.7, §4.2 — a user is added, given another password, looked at, and deleted', async (stage) => {
  const { nurse, house, deadline } = stage
  const admin = await warden(stage)
  const [first, second] = ['for the first time', 'for the second time']
  const actor = (password: string) => new Actor('nurse', house, deadline, { username: nurse.username, password })
  const jid = field('accountjid', nurse.jid)
  const add = [jid, field('password', first), field('password-verify', first)]
  await runs(admin, house.domain, 'add-user', add)
  await runs(admin, house.domain, 'add-user', add, xml`<iq type="error">${stanzaError('conflict')}</iq>`)
  await actor(first).phone.logsIn()
  await runs(admin, house.domain, 'change-user-password', [jid, field('password', second)])
  await assert.rejects(actor(first).phone.logsIn(), refusedWith('not-authorized'))
  const there = actor(second)
  await there.comesOnline()

  const jids = field('accountjids', nurse.jid)
  const value = (name: string, text: string) => xml`<field var="${name}"><value>${text}</value></field>`
  const told = (...fields: readonly Markup[]) =>
    xml`<iq type="result"><command xmlns="${COMMANDS}" status="completed"><x xmlns="jabber:x:data">${fields}</x></command></iq>`
  await runs(
    admin,
    house.domain,
    'user-stats',
    [jid],
    told(value('rostersize', '0'), value('onlineresources', 'phone')),
  )
  await runs(admin, house.domain, 'get-user-lastlogin', [jids], told(xml`<field var="lastlogin"/>`))
  await runs(admin, house.domain, 'get-online-users-list', [], told(value('onlineuserjids', nurse.jid)))
  await admin.asks(execute(house.domain, 'get-registered-users-num'), told(xml`<field var="registeredusersnum"/>`))

  const ended = there.phone.receivesStreamError('not-authorized')
  await runs(admin, house.domain, 'delete-user', [jids])
  await ended
  await assert.rejects(actor(second).laptop.logsIn(), LoginRefused)
})

story('XEP-0133 §6 — who is no administrator sees no command and runs none', async (stage) => {
  const { romeo, house } = stage
  const admin = await warden(stage)
  await romeo.comesOnline()
  const list = xml`<iq type="get" to="${house.domain}"><query xmlns="http://jabber.org/protocol/disco#items" node="${COMMANDS}"/></iq>`
  const item = xml`<item jid="${house.domain}" node="${ADMIN}#delete-user"/>`
  await admin.asks(
    list,
    xml`<iq type="result"><query xmlns="http://jabber.org/protocol/disco#items">${item}</query></iq>`,
  )
  const seen = await romeo.asks(
    list,
    xml`<iq type="result"><query xmlns="http://jabber.org/protocol/disco#items" node="${COMMANDS}"/></iq>`,
  )
  const [query] = seen.children
  assert.deepEqual(typeof query === 'object' ? query.children : undefined, [])
  const forbidden = xml`<iq type="error"><error type="cancel"><forbidden xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>`
  await romeo.asks(execute(house.domain, 'delete-user'), forbidden)
  const node = `${ADMIN}#delete-user`
  const info = xml`<iq type="get" to="${house.domain}"><query xmlns="http://jabber.org/protocol/disco#info" node="${node}"/></iq>`
  await romeo.asks(info, forbidden)
  await admin.asks(
    info,
    xml`<iq type="result"><query xmlns="http://jabber.org/protocol/disco#info" node="${node}"><identity category="automation" type="command-node"/></query></iq>`,
  )
})

/** What a connection that nobody has logged in on is answered. */
async function registers(stranger: Stranger, type: 'get' | 'set', fields: string): Promise<string> {
  stranger.writes(`<iq type='${type}' id='r1'><query xmlns='${NS}'>${fields}</query></iq>`)
  const iq = await stranger.connection.element('iq')
  const [error] = iq.children.flatMap((e) => (typeof e === 'object' && e.name === 'error' ? [e] : []))
  const [condition] = error?.children.flatMap((e) => (typeof e === 'object' ? [e.name] : [])) ?? []
  return condition ?? iq.attrs['type'] ?? ''
}

story('XEP-0077 §3.1 — an account is made before login, on a secured stream, and logged in to', async (stage) => {
  const { nurse, juliet, house, deadline } = stage
  const fields = (username: string, password: string) =>
    `<username>${username}</username><password>${password}</password>`
  const stranger = await stage.stranger()
  const names = (await stranger.secures()).children.map((e) => (typeof e === 'object' ? `${e.name} ${e.ns}` : ''))
  assert.ok(names.includes('register http://jabber.org/features/iq-register'))
  assert.equal(await registers(stranger, 'get', ''), 'result')
  await juliet.exists()
  assert.equal(await registers(stranger, 'set', fields(juliet.username, 'poison and dagger')), 'conflict')
  assert.equal(await registers(stranger, 'set', fields(WARDEN.username, 'poison and dagger')), 'conflict')
  assert.equal(await registers(stranger, 'set', fields(nurse.username, 'short')), 'not-acceptable')
  assert.equal(await registers(stranger, 'set', fields(nurse.username, 'by and by I come')), 'result')
  assert.equal(await registers(stranger, 'set', fields('another', 'by and by I come')), 'not-acceptable')
  const account = { username: nurse.username, password: 'by and by I come' }
  await new Actor('nurse', house, deadline, account).comesOnline()
  await juliet.comesOnline()
})

story('XEP-0077 §13 — nobody registers on a stream that is not secured', async ({ stranger }) => {
  const connected = await stranger()
  await connected.opens()
  connected.writes(`<iq type='get' id='r1'><query xmlns='${NS}'/></iq>`)
  await connected.isRefused('not-authorized')
})
