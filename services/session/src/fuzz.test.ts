// Slow: partitions that are handed over many times.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { BareJid } from '@jabiru/jid'
import { bodyOf, type TestConnection } from './testing/client.ts'
import { startHouse } from './testing/house.ts'

const house = await startHouse({ partitions: 2, resumeMaxMs: 60_000, detachedBytes: 4_000 })
after(() => house[Symbol.asyncDispose]())

/** mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => void setImmediate(resolve))
}

/** One device, which loses its connection and comes back in every way there is. */
class Device {
  readonly account: BareJid
  readonly #name: string
  #connection: TestConnection | undefined
  #managed: { readonly id: string; readonly outBase: number } | undefined
  /** What it has read and will never forget: it has told the server so. */
  readonly kept = new Set<string>()
  /** What it has read of the present session, under the numbers of the deliveries. */
  #read = new Map<number, string>()

  constructor(account: BareJid, name: string) {
    this.account = account
    this.#name = name
  }

  /** Reads what has come so far. A message comes once in a session, however often it was resumed. */
  read(): void {
    for (const item of this.#connection?.inbox.splice(0) ?? []) {
      if (!('n' in item) || item.stanza.name !== 'message' || this.#read.has(item.n)) continue
      const text = bodyOf(item.stanza)
      assert.ok(![...this.#read.values()].includes(text), `${this.#name} got ${text} twice in one session`)
      this.#read.set(item.n, text)
    }
  }

  async confirm(random: () => number): Promise<void> {
    this.read()
    const connection = this.#connection
    if (connection === undefined) return
    const upTo = Math.floor(random() * (connection.delivered + 1))
    await connection.confirm(upTo)
    for (const [n, text] of this.#read) if (n <= upTo) this.kept.add(text)
  }

  async comes(managed: boolean): Promise<void> {
    if (this.#connection !== undefined) return
    if (this.#managed && (await this.#resume(this.#managed))) return
    this.#read = new Map()
    this.#connection = await house.connect(this.account, this.#name)
    if (managed) {
      const { id, outBase } = await this.#connection.enable()
      this.#managed = id === undefined ? undefined : { id, outBase }
    }
    await this.#connection.available()
  }

  /** What it has not confirmed it has forgotten, unless it comes back for it. */
  async goes(closed: boolean): Promise<void> {
    this.read()
    const connection = this.#connection
    this.#connection = undefined
    if (closed) this.#managed = undefined
    await connection?.gone(closed)
  }

  /** The server has begun anew. */
  drop(): void {
    this.read()
    this.#connection = undefined
  }

  /** It says how many of the session's stanzas it has, from the first: what it says it keeps. */
  async #resume({ id, outBase }: { readonly id: string; readonly outBase: number }): Promise<boolean> {
    const next = house.connection(this.account)
    const last = Math.max(outBase, ...this.#read.keys())
    next.resume(id, last - outBase)
    this.#managed = undefined
    while (next.inbox.length === 0) await turns(1)
    const [answer] = next.inbox.splice(0, 1)
    if (answer === undefined || !('k' in answer) || answer.k !== 'sm-resumed') return false
    for (const [n, text] of this.#read) if (n <= answer.confirmed) this.kept.add(text)
    this.#managed = { id, outBase }
    this.#connection = next
    return true
  }
}

/** Messages that are not acknowledged yet when the server begins anew. */
const UNDER_WAY = 5
const SEED = Number(process.env['JABIRU_TEST_SEED'] ?? 1)

for (let seed = SEED; seed < SEED + 12; seed++) {
  test(`what was acknowledged reaches a device, whatever becomes of the others, and no session twice (seed ${seed})`, async () => {
    const random = randomFrom(seed)
    const bob = await house.account()
    const devices = ['phone', 'laptop', 'tablet'].map((name) => new Device(bob, name))
    const acknowledged: string[] = []
    const underWay: Promise<void>[] = []
    let alice = await house.connect(await house.account())
    let count = 0
    const pick = () => devices[Math.floor(random() * devices.length)]
    const send = () => {
      const text = `${seed}-${++count} ${'.'.repeat(Math.floor(random() * 500))}`
      underWay.push(alice.message(bob, text).then(() => void acknowledged.push(text)))
    }
    const restart = async () => {
      // However slow the database is, so many are under way and no more.
      await underWay.splice(0).at(-1 - UNDER_WAY)
      for (const device of devices) device.drop()
      await house.restart()
      alice = await house.connect(alice.account)
    }
    for (let step = 0; step < 150; step++) {
      const dice = random()
      if (dice < 0.4) send()
      else if (dice < 0.55) await pick()?.comes(random() < 0.8)
      else if (dice < 0.7) await pick()?.confirm(random)
      else if (dice < 0.85) await pick()?.goes(random() < 0.3)
      else if (dice < 0.87) house.clock.advance(61_000)
      else if (dice < 0.88) await restart()
      else await turns(Math.floor(random() * 5))
    }
    await alice.message(bob, 'the last')
    for (const device of devices) await device.goes(true)
    const last = await house.connect(bob, 'last')
    await last.available()
    const got = new Set(devices.flatMap((device) => [...device.kept]))
    for (let s = bodyOf(await last.stanza()); s !== 'the last'; s = bodyOf(await last.stanza())) got.add(s)
    assert.deepEqual(
      acknowledged.filter((text) => !got.has(text)),
      [],
    )
    assert.ok(acknowledged.length > 20)
  })
}
