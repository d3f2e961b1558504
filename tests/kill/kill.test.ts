import assert from 'node:assert/strict'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { scratchFolder } from '@jabiru/store/scratch'
import { Actor, Deadline, freePorts, freshAccount, type House, PORTS_NEEDED, startEmbedded } from '@jabiru/testkit'
import { randomOf } from '@jabiru/testkit/random'
import { Ledger } from './ledger.ts'
import { playUntilKilled, type Round, settle } from './round.ts'

const SEED = Number(process.env['JABIRU_TEST_SEED'] ?? 1)
const ROUNDS = Number(process.env['JABIRU_TEST_ROUNDS'] ?? 50)
const ROUND_MS = 30_000

/**
 * One folder with one database, on which one server after another is started. It is the whole server that is killed; what
 * becomes of a cluster when one of its processes is, tests/cluster tells.
 */
async function folder(): Promise<{ readonly start: () => Promise<House> } & AsyncDisposable> {
  const dataDir = await mkdtemp(join(tmpdir(), 'jabiru-kill-'))
  await using scratch = await scratchFolder()
  await rename(scratch.dir, join(dataDir, 'postgres'))
  const ports = await freePorts(PORTS_NEEDED)
  return {
    start: () => startEmbedded({ dataDir, ports }),
    [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true, force: true }),
  }
}

void test(`XEP-0198 §4 — no acknowledged message and no answered roster change is lost to kill -9, ${ROUNDS} times over`, async () => {
  await using place = await folder()
  const accounts = { sender: freshAccount('romeo'), recipient: freshAccount('juliet') }
  const ledger = new Ledger()
  const random = randomOf(SEED)

  for (let life = 0; life <= ROUNDS; life += 1) {
    const house = await place.start()
    using deadline = new Deadline(ROUND_MS)
    deadline.witness(() => `seed ${SEED}, life ${life} of the server\n${house.said()}`)
    if (life === 0)
      for (const { username, password } of Object.values(accounts)) await house.addUser(username, password)
    const sender = new Actor('romeo', house, deadline, accounts.sender)
    const recipient = new Actor('juliet', house, deadline, accounts.recipient)
    const round: Round = { house, sender, recipient, ledger, random, name: `s${SEED}r${life}` }
    try {
      await settle(round)
      assert.deepEqual(ledger.missing, [], `seed ${SEED}: acknowledged before life ${life}, and not there`)
      assert.deepEqual(ledger.faults, [], `seed ${SEED}, life ${life}`)
      if (life < ROUNDS) await playUntilKilled(round)
    } finally {
      await house.kill()
    }
  }
  assert.ok(ledger.acknowledged.size >= ROUNDS * 10, `only ${ledger.acknowledged.size} messages were acknowledged`)
})
