import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BareJid, parseBareJid } from '@jabiru/jid'
import { type Form, formValues, parseForm, readSubmission, renderForm, submission } from '@jabiru/protocol'
import { Refusal } from '@jabiru/stanza'
import type { AccountQuestion, AccountReply, AccountRequest, OwnerEnvelope } from '@jabiru/wire'
import { awake, JULIET, sessionOf } from '../../testing/account.ts'
import type { Outcome } from '../commands/command.ts'
import { administrationCommands } from './administration.ts'
import type { AdministrationDeps } from './deps.ts'
import { NS_ADMIN } from './fields.ts'
import { answerLook, createLooks } from './looks.ts'

const romeo = parseBareJid('romeo@capulet.lit')
const nobody = parseBareJid('nobody@capulet.lit')

/** A house that knows romeo, and disabled tybalt; juliet is its administrator. */
function house(replies: Partial<Record<AccountRequest['do'], AccountReply>> = {}) {
  const requests: AccountRequest[] = []
  const told: OwnerEnvelope[] = []
  const removed: BareJid[] = []
  const questions: AccountQuestion[] = []
  const deps: AdministrationDeps = {
    isAdmin: (account) => account === JULIET,
    request: async (request) => {
      requests.push(request)
      return request.account === nobody ? 'gone' : (replies[request.do] ?? 'done')
    },
    question: async (question) => {
      questions.push(question)
      if ('of' in question) return { count: 30, accounts: [romeo, JULIET].slice(0, question.most) }
      if (question.about === nobody) return { account: null }
      return { account: { enabled: true, ...(question.about === romeo ? { lastLogin: Date.UTC(2003, 11, 19) } : {}) } }
    },
    finishRemoval: (account) => void removed.push(account),
    tell: async (envelope) => void told.push(envelope),
    look: {
      resourcesOf: async () => ['orchard', 'cell'],
      rosterOf: async () => [`<item jid='juliet@capulet.lit' subscription='both'><group>Lovers</group></item>`],
      presence: async (kind) => ({ count: kind === 'idle' ? 0 : 2, accounts: [JULIET, romeo], silent: 1 }),
    },
  }
  const commands = administrationCommands(deps)
  const asker = { account: awake(), jid: sessionOf(awake(), 'balcony').jid }
  const run = async (name: string, filled: Readonly<Record<string, string | readonly string[]>> = {}) => {
    const command = commands.find(({ node }) => node === `${NS_ADMIN}#${name}`)
    assert.ok(command, name)
    const forms = command.stages.map((stage) => readSubmission(stage([]), renderForm(submission(NS_ADMIN, filled))))
    return command.run(asker, forms)
  }
  const refusal = async (...args: Parameters<typeof run>): Promise<string> => {
    const fault = await run(...args).then(JSON.stringify, (thrown: unknown) => thrown)
    assert.ok(fault instanceof Refusal, String(fault))
    return [fault.condition, ...(fault.detail.app ? [fault.detail.app.name] : [])].join(' ')
  }
  return { commands, asker, run, refusal, requests, told, removed, questions }
}

function result({ payload }: Outcome): Form {
  assert.ok(payload)
  return parseForm(payload)
}

test('XEP-0133 §6 the commands are an administrator’s alone', () => {
  const { commands, asker } = house()
  assert.equal(commands.length, 19)
  assert.ok(commands.every((command) => command.isFor(asker)))
  const other = { ...asker, account: { ...asker.account, jid: romeo } }
  assert.ok(commands.every((command) => !command.isFor(other)))
})

test('XEP-0133 §4.1 a user is added', async () => {
  const { run, refusal, requests } = house()
  const filled = { accountjid: 'ROMEO@capulet.lit', password: 'R0m30', 'password-verify': 'R0m30' }
  assert.deepEqual(await run('add-user', filled), {})
  assert.deepEqual(requests, [{ do: 'add', account: romeo, password: 'R0m30' }])
  assert.equal(await refusal('add-user', { ...filled, 'password-verify': 'x' }), 'bad-request bad-payload')
  assert.equal(await refusal('add-user', { ...filled, accountjid: 'romeo@capulet.lit/x' }), 'bad-request bad-payload')
  assert.equal(requests.length, 1)
})

const replies: readonly (readonly [AccountReply, string])[] = [
  ['exists', 'conflict'],
  ['foreign', 'not-acceptable'],
  ['unusable', 'not-acceptable'],
  ['failed', 'internal-server-error'],
]
for (const [reply, condition] of replies) {
  test(`XEP-0133 §5 a user that is not added: ${reply}`, async () => {
    const filled = { accountjid: romeo, password: 'a', 'password-verify': 'a' }
    assert.equal(await house({ add: reply }).refusal('add-user', filled), condition)
  })
}

test('XEP-0133 §4.2 users are deleted: what cannot be is told, and the others are', async () => {
  const { run, removed, refusal } = house()
  const { notes } = await run('delete-user', { accountjids: [romeo, nobody] })
  assert.deepEqual(removed, [romeo])
  assert.deepEqual(notes, [{ type: 'error', text: 'nobody@capulet.lit: there is no such account' }])
  assert.equal(await refusal('delete-user', { accountjids: [nobody] }), 'item-not-found')
  assert.equal(await refusal('delete-user', { accountjids: [JULIET] }), 'not-allowed')
  const many = Array.from({ length: 101 }, (_, i) => `u${i}@capulet.lit`)
  assert.equal(await refusal('delete-user', { accountjids: many }), 'bad-request bad-payload')
})

test('XEP-0133 §4.3 a user is disabled before its sessions end, and §4.4 enabled again', async () => {
  const { run, requests, told, refusal } = house()
  await run('disable-user', { accountjids: [romeo] })
  await run('reenable-user', { accountjids: [romeo] })
  assert.deepEqual(requests, [
    { do: 'disable', account: romeo },
    { do: 'enable', account: romeo },
  ])
  const changed = { k: 'standing-changed', account: romeo }
  assert.deepEqual(told, [changed, changed])
  assert.equal(await refusal('disable-user', { accountjids: [JULIET] }), 'not-allowed')
})

test('XEP-0133 §4.5 all sessions of a user end, or one', async () => {
  const { run, told, refusal } = house()
  await run('end-user-session', { accountjids: [romeo, `${romeo}/orchard`] })
  assert.deepEqual(told, [
    { k: 'end-sessions', account: romeo },
    { k: 'end-sessions', account: romeo, resource: 'orchard' },
  ])
  assert.equal(await refusal('end-user-session', { accountjids: ['capulet.lit'] }), 'bad-request bad-payload')
  assert.equal(await refusal('end-user-session', { accountjids: [romeo, nobody] }), 'item-not-found')
  assert.equal(told.length, 2)
})

test('XEP-0133 §4.7 a user gets a new password', async () => {
  const { run, requests, refusal } = house()
  await run('change-user-password', { accountjid: romeo, password: 'V3r0n4' })
  assert.deepEqual(requests, [{ do: 'password', account: romeo, password: 'V3r0n4' }])
  assert.equal(await refusal('change-user-password', { accountjid: nobody, password: 'x' }), 'item-not-found')
})

test('XEP-0133 §4.8 a roster is told as RFC 6121 has it', async () => {
  const { run, refusal } = house()
  const { payload } = await run('get-user-roster', { accountjids: [romeo] })
  const [query] = payload?.children.filter((e) => typeof e !== 'string' && e.name === 'query') ?? []
  assert.ok(typeof query === 'object')
  assert.equal(query.ns, 'jabber:iq:roster')
  assert.equal(query.children.length, 1)
  assert.equal(await refusal('get-user-roster', { accountjids: [nobody] }), 'item-not-found')
})

test('XEP-0133 §4.9 the last login is told as XEP-0082 has it, and that there was none', async () => {
  const { run, refusal } = house()
  const lastLogin = async (jid: string) =>
    formValues(result(await run('get-user-lastlogin', { accountjids: [jid] })), 'lastlogin')
  assert.deepEqual(await lastLogin(romeo), ['2003-12-19T00:00:00Z'])
  assert.deepEqual(await lastLogin('tybalt@capulet.lit'), [])
  assert.equal(await refusal('get-user-lastlogin', { accountjids: [romeo, JULIET] }), 'bad-request bad-payload')
})

test('XEP-0133 §4.10 statistics', async () => {
  const form = result(await house().run('user-stats', { accountjid: romeo }))
  assert.deepEqual(formValues(form, 'rostersize'), ['1'])
  assert.deepEqual(formValues(form, 'onlineresources'), ['orchard', 'cell'])
})

const counts: readonly (readonly [section: string, word: string, list: string, count: string])[] = [
  ['§4.13, §4.18', 'registered', 'get-registered-users-list', '30'],
  ['§4.14, §4.19', 'disabled', 'get-disabled-users-list', '30'],
  ['§4.15, §4.20', 'online', 'get-online-users-list', '2'],
  ['§4.16, §4.21', 'active', 'get-active-users', '2'],
  ['§4.17, §4.22', 'idle', 'get-idle-users', '0'],
]
for (const [section, word, list, count] of counts) {
  test(`XEP-0133 ${section} ${word} users are counted and listed`, async () => {
    const { run } = house()
    assert.deepEqual(formValues(result(await run(`get-${word}-users-num`)), `${word}usersnum`), [count])
    const listed = await run(list, { max_items: '25' })
    assert.deepEqual(formValues(result(listed), `${word}userjids`)?.toSorted(), [JULIET, romeo].toSorted())
  })
}

test('XEP-0133 §4.18 a list that is cut says so, and so does one that is not whole', async () => {
  const { run, questions } = house()
  assert.deepEqual((await run('get-registered-users-list')).notes, [{ type: 'info', text: 'There are 28 more.' }])
  assert.deepEqual(questions, [{ of: 'all', most: 1000 }])
  const { notes } = await run('get-online-users-num')
  assert.deepEqual(notes, [{ type: 'warn', text: '1 partitions have not answered and are left out.' }])
})

test('who is there is known to the owners of the partitions', async () => {
  const account = awake()
  sessionOf(account, 'balcony')
  const read = async (group: string, part: number, question: string) => {
    assert.equal(group, 'session')
    if (part === 1) throw new Error('nobody owns it')
    return answerLook([account], part, question)
  }
  const looks = createLooks({ read, partitionOf: () => account.part }, 5)
  assert.deepEqual(await looks.resourcesOf(JULIET), ['balcony'])
  assert.deepEqual(await looks.resourcesOf(romeo), [])
  assert.deepEqual(await looks.presence('online', 10), { count: 1, accounts: [JULIET], silent: 1 })
  assert.deepEqual(await looks.presence('idle', 10), { count: 0, accounts: [], silent: 1 })
  for (const session of account.sessions.values()) session.idle = { maxBytes: 0, waiting: new Map(), bytes: 0 }
  assert.deepEqual(await looks.presence('idle', 0), { count: 1, accounts: [], silent: 1 })
  assert.deepEqual(await looks.presence('active', 0), { count: 0, accounts: [], silent: 1 })
})
