import assert from 'node:assert/strict'
import { test } from 'node:test'
import { xml } from '@jabiru/testkit'
import { type ClusterStage, onCluster } from './stage.ts'
import { Traveller } from './traveller.ts'

const PAIRS = 5

/** Pairs of friends, each of a pair at another connection manager. */
async function friends(stage: ClusterStage, quit: AbortSignal): Promise<readonly (readonly [Traveller, Traveller])[]> {
  const made = Array.from({ length: PAIRS }, async (_, n) => {
    const [romeo, juliet] = [stage.actor(`romeo${n}`), stage.actor(`juliet${n}`)]
    await romeo.comesOnline({ server: 0 })
    await juliet.comesOnline({ server: 1 })
    await romeo.becomesFriendsWith(juliet)
    for (const { phone } of [romeo, juliet]) await phone.enablesManagement()
    const one = new Traveller(romeo.phone, juliet.phone, 0, quit)
    return [one, new Traveller(juliet.phone, romeo.phone, 1, quit)] as const
  })
  return Promise.all(made)
}

void test('every process is restarted, one after another, while people talk: nothing lost, nothing twice, order kept, and nobody is seen to go', async (t) => {
  await onCluster({ testMs: 110_000 }, async (stage) => {
    await stage.isBalanced()
    const quit = new AbortController()
    const pairs = await friends(stage, quit.signal)
    const everybody = pairs.flat()
    const members = stage.cluster.members()
    const before = new Map(members.map((member) => [member, member.handOvers().length]))
    const talks = Promise.all(everybody.map((one) => one.talks()))
    const rolls = async () => {
      // A signal and the command do the same.
      for (const member of members) {
        if (member.name.endsWith('0')) await member.drain()
        else await member.stop()
        await member.restart()
      }
      quit.abort()
    }
    await Promise.all([talks, rolls()])

    assert.ok(everybody.every(({ resumed }) => resumed >= 1))
    for (const one of everybody) assert.deepEqual(one.blinks(), [], `${one.device.name} saw its friend go`)
    for (const [one, other] of pairs) {
      one.device.sends(xml`<presence><status>still here</status></presence>`)
      await other.device.receives(xml`<presence from="${one.device}"><status>still here</status></presence>`)
    }
    const took = members.flatMap((member) => member.handOvers().slice(before.get(member))).toSorted((a, b) => a - b)
    const [median = Number.NaN, most = Number.NaN] = [took[took.length >> 1], took.at(-1)]
    const sent = everybody.reduce((sum, one) => sum + one.sent, 0)
    const longest = Math.max(...everybody.map(({ longestSilence }) => longestSilence))
    t.diagnostic(
      `${took.length} hand-overs: half of them in ${median} ms, the longest in ${most} ms; ${sent} messages, at most ${longest.toFixed(0)} ms without one`,
    )
    // Each of two processes hands over four groups.
    assert.ok(took.length >= 8, `${took.length} hand-overs are told of`)
    assert.ok(median < 1_000, `half of them took ${median} ms`)
    // Who takes over has only just started, and a busy machine lets it wait.
    assert.ok(most < 3_000, `one took ${most} ms`)
  })
})
