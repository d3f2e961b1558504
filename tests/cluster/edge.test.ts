import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Actor, type Device, xml } from '@jabiru/testkit'
import { type ClusterStage, onCluster } from './stage.ts'

const IDS = Array.from({ length: 20 }, (_, n) => `m${n}`)

/** romeo on the first connection manager, juliet on the second, with a session that can be resumed. */
async function begin(stage: ClusterStage): Promise<readonly [romeo: Actor, juliet: Device]> {
  await stage.isBalanced()
  const [romeo, juliet] = [stage.actor('romeo'), stage.actor('juliet').laptop]
  await romeo.comesOnline()
  await romeo.phone.enablesManagement()
  await juliet.comesOnline()
  await juliet.enablesManagement()
  return [romeo, juliet]
}

function writes(from: Device, to: Device): void {
  for (const id of IDS) from.sends(xml`<message to="${to}" type="chat" id="${id}"><body>${id}</body></message>`)
}

/** Each of the messages, once and in order, and no other. */
async function receivesAll(device: Device, from: Device): Promise<void> {
  const came: (string | undefined)[] = []
  while (came.length < IDS.length) came.push((await device.receives(xml`<message from="${from}"/>`)).attrs['id'])
  assert.deepEqual(came, IDS)
  await device.receivesNothingElse({ after: [from] })
}

void test('XEP-0198 §5 — a session whose connection manager was killed is resumed on another: nothing lost, nothing twice', async () => {
  await onCluster({}, async (stage) => {
    const [romeo, juliet] = await begin(stage)
    juliet.sends(xml`<message to="${romeo.phone}" type="chat" id="before"><body>before</body></message>`)
    await romeo.receives(xml`<message id="before"/>`)
    // 1. both write while it dies
    writes(romeo.phone, juliet)
    writes(juliet, romeo.phone)
    await stage.cluster.member('edge', 1).kill()
    await juliet.seesLoss()
    // 2. and go on when she is back by the other door
    await juliet.resumes({ server: 0 })
    await juliet.isAcknowledged()
    await receivesAll(romeo.phone, juliet)
    await receivesAll(juliet, romeo.phone)
  })
})

void test('RFC 6120 §4.9.3.20 — a connection manager that is told to end says so, and its sessions go on at another', async () => {
  await onCluster({}, async (stage) => {
    const [romeo, juliet] = await begin(stage)
    writes(romeo.phone, juliet)
    await juliet.receives(xml`<message id="m0"/>`)
    await Promise.all([stage.cluster.member('edge', 1).stop(), juliet.receivesStreamError('system-shutdown')])
    const taken = juliet.takesAll().filter(({ name }) => name === 'message')
    assert.deepEqual(
      taken.map(({ attrs }) => attrs['id']),
      IDS.slice(1, taken.length + 1),
    )
    await juliet.resumes({ server: 0 })
    for (const id of IDS.slice(taken.length + 1)) {
      const message = await juliet.receives(xml`<message/>`)
      assert.equal(message.attrs['id'], id)
    }
    await juliet.receivesNothingElse({ after: [romeo.phone] })
  })
})

void test('a connection manager that is drained sends its clients away one after another, says how far it is, and ends', async () => {
  await onCluster({ env: { JABIRU_DRAIN_RATE_PER_SECOND: '1' } }, async (stage) => {
    const people = ['romeo', 'juliet', 'mercutio'].map((name) => stage.actor(name))
    for (const actor of people) {
      await actor.comesOnline()
      await actor.phone.enablesManagement()
    }
    const [romeo, juliet, mercutio] = people.map(({ phone }) => phone)
    assert.ok(romeo && juliet && mercutio)
    const edge = stage.cluster.member('edge', 0)
    // 1. the first is sent away, the others go on
    const drained = edge.drain()
    await romeo.receivesStreamError('system-shutdown')
    const { reasons } = await edge.answers('draining', ({ status }) => status === 503)
    assert.match(reasons['process'] ?? '', /^draining, \d of 3 streams are open$/)
    mercutio.sends(xml`<message to="${juliet}" type="chat" id="meanwhile"><body>meanwhile</body></message>`)
    await juliet.receives(xml`<message id="meanwhile"/>`)
    await romeo.resumes({ server: 1 })
    // 2. each in its turn, and the process is gone
    for (const device of [juliet, mercutio]) {
      await device.receivesStreamError('system-shutdown')
      await device.resumes({ server: 1 })
    }
    const told = await drained
    assert.equal(told[0], 'stopping')
    assert.ok(told.includes('draining, 3 of 3 streams are open'), told.join('; '))
    assert.deepEqual(told.slice(-2), ['draining, 0 of 3 streams are open', 'drained'])
    // 3. and all is as it was
    juliet.sends(xml`<message to="${romeo}" type="chat" id="after"><body>after</body></message>`)
    await romeo.receives(xml`<message id="after"/>`)
  })
})
