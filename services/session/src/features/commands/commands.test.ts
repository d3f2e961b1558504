import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDomain } from '@jabiru/jid'
import { NS_COMMANDS, NS_FORMS, type Submission } from '@jabiru/protocol'
import { Refusal, stanza } from '@jabiru/stanza'
import { child, type Element, el, parseElement, serialize, textOf } from '@jabiru/xml'
import { awake, sessionOf } from '../../testing/account.ts'
import type { Command } from './command.ts'
import { commands } from './commands.ts'

const server = parseDomain('capulet.lit')

/** Asks for a colour, then how often, and says both. */
const paint: Command = {
  node: 'paint',
  name: 'Paint',
  isFor: ({ jid }) => jid.endsWith('/allowed'),
  stages: [
    () => ({ type: 'form', fields: [{ var: 'colour', type: 'text-single', required: true, values: [] }] }),
    ([first]) => ({
      type: 'form',
      title: `How often ${first?.value('colour') ?? ''}?`,
      fields: [{ var: 'times', type: 'list-single', values: [], options: [{ value: '1' }, { value: '2' }] }],
    }),
  ],
  run: async (_, filled) => {
    const [colour = '', times = ''] = [filled[0]?.value('colour'), filled[1]?.value('times')]
    if (colour === 'invisible') throw new Refusal('conflict')
    return { notes: [{ type: 'info', text: `${colour} ${times}` }] }
  },
}
const greet: Command = {
  node: 'greet',
  name: 'Greet',
  isFor: () => true,
  stages: [],
  run: async ({ account }, filled: readonly Submission[]) => ({
    notes: [{ type: 'info', text: `${account.jid} ${filled.length}` }],
  }),
}

function house() {
  let now = 0
  const feature = commands({ commands: [paint, greet], monotonic: () => now })
  const account = awake()
  const [allowed, other] = [sessionOf(account, 'allowed'), sessionOf(account, 'other')]
  const requestOf = (session: typeof allowed | undefined, payload: Element) => ({
    iq: stanza({ name: 'iq', type: 'set', id: '1', to: server }, payload),
    payload,
    from: session?.jid ?? server,
    account,
    session,
  })
  const ask = async (attrs: Record<string, string>, inner = '', session: typeof allowed | undefined = allowed) => {
    const [route] = feature.iq ?? []
    assert.ok(route)
    const written = Object.entries(attrs).map(([name, value]) => ` ${name}='${value}'`)
    const payload = parseElement(`<command xmlns='${NS_COMMANDS}'${written.join('')}>${inner}</command>`, '')
    const [command] = await route.answer(requestOf(session, payload))
    assert.ok(command)
    return command
  }
  const refusal = async (...args: Parameters<typeof ask>): Promise<string> => {
    const fault = await ask(...args).then(
      (command) => serialize(command),
      (fault: unknown) => fault,
    )
    assert.ok(fault instanceof Refusal, String(fault))
    return [fault.condition, ...(fault.detail.app ? [fault.detail.app.name] : [])].join(' ')
  }
  return {
    feature,
    ask,
    refusal,
    allowed,
    other,
    requestOf,
    pass: (ms: number) => void (now += ms),
    begin: async () => (await ask({ node: 'paint' })).attrs['sessionid'] ?? '',
  }
}

const fill = (name: string, value: string, type = 'submit') =>
  `<x xmlns='${NS_FORMS}' type='${type}'><field var='${name}'><value>${value}</value></field></x>`
const noteOf = (command: Element) => textOf(child(command, 'note'))
const actionsOf = (command: Element) => {
  const actions = child(command, 'actions')
  const names = actions?.children.map((c) => (typeof c === 'string' ? c : c.name)) ?? []
  return [actions?.attrs['execute'], ...names]
}

test('XEP-0050 §2.4.1 a command that asks for nothing is done at once', async () => {
  const { ask } = house()
  const done = await ask({ node: 'greet', action: 'execute' })
  assert.equal(done.attrs['status'], 'completed')
  assert.ok((done.attrs['sessionid'] ?? '').length >= 22)
  assert.equal(noteOf(done), 'juliet@capulet.lit 0')
})

test('XEP-0050 §2.4.2 a command of two stages: each form, what can be done with it, and the end', async () => {
  const { ask } = house()
  const first = await ask({ node: 'paint' })
  const sessionid = first.attrs['sessionid'] ?? ''
  assert.equal(first.attrs['status'], 'executing')
  assert.deepEqual(actionsOf(first), ['next', 'next'])
  const second = await ask({ node: 'paint', sessionid }, fill('colour', 'red'))
  assert.equal(second.attrs['sessionid'], sessionid)
  assert.deepEqual(actionsOf(second), ['complete', 'prev', 'complete'])
  assert.match(serialize(second), /How often red\?/)
  // Back, and another way.
  const again = await ask({ node: 'paint', sessionid, action: 'prev' })
  assert.deepEqual(actionsOf(again), ['next', 'next'])
  await ask({ node: 'paint', sessionid, action: 'next' }, fill('colour', 'blue'))
  const done = await ask({ node: 'paint', sessionid, action: 'complete' }, fill('times', '2'))
  assert.deepEqual([done.attrs['status'], done.attrs['sessionid'], noteOf(done)], ['completed', sessionid, 'blue 2'])
})

test('XEP-0050 §2.4.3 a command is cancelled, and is over then', async () => {
  const { ask, begin, refusal } = house()
  const sessionid = await begin()
  const reply = await ask({ node: 'paint', sessionid, action: 'cancel' })
  assert.equal(
    serialize(reply),
    `<command xmlns='${NS_COMMANDS}' xml:lang='en' node='paint' sessionid='${sessionid}' status='canceled'/>`,
  )
  assert.equal(await refusal({ node: 'paint', sessionid, action: 'cancel' }), 'not-allowed session-expired')
})

test('XEP-0050 §3.3 several of one command run side by side, and the oldest gives way', async () => {
  const { ask, begin, refusal } = house()
  const ids: string[] = []
  for (let i = 0; i < 9; i++) ids.push(await begin())
  assert.equal(new Set(ids).size, 9)
  const [oldest = '', next = ''] = ids
  assert.equal(
    await refusal({ node: 'paint', sessionid: oldest }, fill('colour', 'red')),
    'not-allowed session-expired',
  )
  assert.equal((await ask({ node: 'paint', sessionid: next }, fill('colour', 'red'))).attrs['status'], 'executing')
})

test('XEP-0050 §3.5.1 a form that is cancelled counts as submitted', async () => {
  const { ask, begin } = house()
  const sessionid = await begin()
  const second = await ask({ node: 'paint', sessionid }, fill('colour', 'red', 'cancel'))
  assert.equal(second.attrs['status'], 'executing')
})

test('XEP-0050 §4.4 what was refused at the end may be tried again', async () => {
  const { ask, begin, refusal } = house()
  const sessionid = await begin()
  await ask({ node: 'paint', sessionid }, fill('colour', 'invisible'))
  assert.equal(await refusal({ node: 'paint', sessionid }, fill('times', '1')), 'conflict')
  await ask({ node: 'paint', sessionid, action: 'prev' })
  await ask({ node: 'paint', sessionid }, fill('colour', 'red'))
  assert.equal(noteOf(await ask({ node: 'paint', sessionid }, fill('times', '1'))), 'red 1')
})

const ID = 'A'.repeat(22)
const rows: readonly (readonly [title: string, attrs: Record<string, string>, inner: string, refused: string])[] = [
  ['no node', {}, '', 'bad-request'],
  ['an unknown node', { node: 'dance' }, '', 'item-not-found'],
  ['an action that is none', { node: 'paint', action: 'dance' }, '', 'bad-request malformed-action'],
  ['the next stage of nothing', { node: 'paint', action: 'next' }, '', 'bad-request bad-action'],
  ['the end of nothing', { node: 'greet', action: 'cancel' }, '', 'bad-request bad-action'],
  ['a language that is none', { node: 'paint', 'xml:lang': 'e n' }, '', 'bad-request bad-locale'],
  ['an empty session id', { node: 'paint', sessionid: '' }, '', 'bad-request bad-sessionid'],
  ['a session id that is none of ours', { node: 'paint', sessionid: 'x' }, '', 'bad-request bad-sessionid'],
  ['a guess', { node: 'paint', sessionid: ID }, '', 'not-allowed session-expired'],
]
for (const [title, attrs, inner, refused] of rows)
  test(`XEP-0050 §4.4 ${title} is answered with ${refused}`, async () =>
    assert.equal(await house().refusal(attrs, inner), refused))

const steps: readonly (readonly [title: string, attrs: Record<string, string>, inner: string, refused: string])[] = [
  ['going back from the first form', { action: 'prev' }, '', 'bad-request bad-action'],
  ['the end at the first of two forms', { action: 'complete' }, fill('colour', 'red'), 'bad-request bad-action'],
  ['no form', {}, '', 'bad-request bad-payload'],
  ['a required field left out', {}, fill('size', 'red'), 'bad-request bad-payload'],
  ['a form that asks', {}, fill('colour', 'red', 'form'), 'bad-request bad-payload'],
  ['another command under its id', { node: 'greet' }, '', 'bad-request bad-sessionid'],
]
for (const [title, attrs, inner, refused] of steps)
  test(`XEP-0050 §4.4 ${title} is answered with ${refused}, and the command goes on`, async () => {
    const { ask, begin, refusal } = house()
    const sessionid = await begin()
    assert.equal(await refusal({ node: 'paint', sessionid, ...attrs }, inner), refused)
    assert.equal((await ask({ node: 'paint', sessionid }, fill('colour', 'red'))).attrs['status'], 'executing')
  })

test('XEP-0050 §3.3 a command is over after a while, and does not go on at another session', async () => {
  const { begin, refusal, other, pass, feature } = house()
  const sessionid = await begin()
  assert.ok(feature)
  assert.equal(await refusal({ node: 'paint', sessionid }, '', other), 'forbidden')
  pass(11 * 60_000)
  assert.equal(await refusal({ node: 'paint', sessionid }, fill('colour', 'red')), 'not-allowed session-expired')
})

test('XEP-0050 §3.3 the id of somebody else’s command is no use', async () => {
  const { ask, refusal, other } = house()
  const mine = await ask({ node: 'greet' })
  const sessionid = mine.attrs['sessionid'] ?? ''
  assert.equal(await refusal({ node: 'greet', sessionid }, '', other), 'not-allowed session-expired')
})

test('XEP-0050 §3.3 a command that is being done is not done a second time', async () => {
  const { ask, begin, refusal } = house()
  const sessionid = await begin()
  await ask({ node: 'paint', sessionid }, fill('colour', 'red'))
  const [done, twice] = await Promise.all([
    ask({ node: 'paint', sessionid }, fill('times', '1')),
    refusal({ node: 'paint', sessionid }, fill('times', '1')),
  ])
  assert.deepEqual([noteOf(done), twice], ['red 1', 'not-allowed session-expired'])
})

test('XEP-0050 §4.4 who may not run it is told so, and sees nothing of it', async () => {
  const { feature, other, allowed, refusal, requestOf } = house()
  assert.equal(await refusal({ node: 'paint' }, '', other), 'forbidden')
  const request = (session: typeof other | undefined) => requestOf(session, el('query', NS_COMMANDS))
  const listed = (session: typeof other | undefined) =>
    feature.nodes?.items(NS_COMMANDS, request(session))?.map(({ node }) => node)
  assert.deepEqual([listed(allowed), listed(other), listed(undefined)], [['paint', 'greet'], ['greet'], []])
  const forbidden = (fault: unknown) => fault instanceof Refusal && fault.condition === 'forbidden'
  assert.throws(() => feature.nodes?.info('paint', request(other)), forbidden)
})

test('XEP-0050 §2.2 the list is a node, and so is each command', () => {
  const { feature, allowed, requestOf } = house()
  const request = requestOf(allowed, el('query', NS_COMMANDS))
  const info = (node: string) => feature.nodes?.info(node, request)
  assert.deepEqual(info(NS_COMMANDS)?.identities[0]?.type, 'command-list')
  assert.deepEqual(info('paint'), {
    identities: [{ category: 'automation', type: 'command-node', name: 'Paint' }],
    features: [NS_COMMANDS, NS_FORMS],
    forms: [],
  })
  assert.equal(info('dance'), undefined)
  assert.deepEqual(feature.nodes?.items('paint', request), [])
  assert.equal(feature.nodes?.items('dance', request), undefined)
})
