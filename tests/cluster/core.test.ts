import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LEASING } from '@jabiru/testkit'
import { Chat } from './chat.ts'
import { onCluster } from './stage.ts'

/** Of each service. */
const PARTITIONS = 256

const TTL_MS = 1_500
const brief = { JABIRU_CLUSTER_LEASE_TTL_MS: String(TTL_MS) }

void test('cores that start together share at once, not a few partitions a round', async () => {
  await onCluster({}, async (stage) => {
    const began = performance.now()
    await stage.isBalanced()
    // Half of the partitions, a sixteenth of all in a round of a second, would take 8 s.
    assert.ok(performance.now() - began < 5_000)
  })
})

void test('a core that joins takes its share while people chat: nobody is disconnected, nothing lost, order kept', async () => {
  await onCluster({ env: brief, counts: { core: 1 } }, async (stage) => {
    const chat = await Chat.begin(stage, 6)
    await chat.round()
    assert.deepEqual(
      await stage.shares(),
      LEASING.map(() => PARTITIONS),
    )
    const joining = stage.cluster.join('core')
    await chat.until(async () => (await stage.shares()).every((share) => share === PARTITIONS / 2))
    await joining
    assert.equal((await stage.shares()).length, 2 * LEASING.length)
    await chat.nothingElseCame()
  })
})

void test('a core that is told to end hands its partitions over at once: sessions stay, and chat goes on', async () => {
  // A lease that nobody hands over lasts longer than the test waits.
  await onCluster({ env: { JABIRU_CLUSTER_LEASE_TTL_MS: '60000' } }, async (stage) => {
    const chat = await Chat.begin(stage, 6)
    await chat.round()
    const began = performance.now()
    const leaving = stage.cluster.member('core', 1).stop()
    await chat.until(async () => (await stage.shares()).length === LEASING.length)
    await leaving
    const took = performance.now() - began
    await chat.round()
    assert.ok(took < 3_000, `handing over took ${took.toFixed(0)} ms`)
    await chat.nothingElseCame()
  })
})

void test('what a core held that was killed is served again when its leases have run out', async () => {
  await onCluster({ env: brief }, async (stage) => {
    await stage.isBalanced()
    const chat = await Chat.begin(stage, 6)
    await chat.round()
    await stage.cluster.member('core', 1).kill()
    await chat.round()
    assert.ok(chat.slowest < TTL_MS + 1_000, `served again after ${chat.slowest.toFixed(0)} ms`)
    await chat.until(async () => (await stage.shares()).every((share) => share === PARTITIONS))
    await chat.nothingElseCame()
  })
})

void test('a core that stood still for longer than its lease finds others in its place, and nothing is done twice', async () => {
  await onCluster({ env: brief }, async (stage) => {
    await stage.isBalanced()
    const chat = await Chat.begin(stage, 6)
    for (let n = 0; n < 10; n += 1) await chat.round()
    const core = stage.cluster.member('core', 1)
    core.pause()
    await chat.until(async () => (await stage.shares()).length === LEASING.length)
    core.resume()
    await chat.until(async () => (await stage.shares()).every((share) => share === PARTITIONS / 2))
    await chat.nothingElseCame()
  })
})
