// `npx jabiru churn`: connections made and dropped half-way, and what of the server's memory does not come back.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as passes } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Embedded, startEmbedded } from '@jabiru/testkit'
import { WAYS } from './ways.ts'

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '100000' },
    /** How many at a time. */
    width: { type: 'string', default: '200' },
    json: { type: 'boolean', default: false },
  },
})
const [connections, width] = [Number(values.connections), Number(values.width)]

/** Source addresses of loopback: a port of each is soon used up. */
const SOURCES = 60
/** Megabytes of live heap that may remain: code that was compiled on the way, not what belongs to a connection. */
const MOST_KEPT = 8
const MB = 1024 * 1024

interface Held {
  readonly rss: number
  readonly heapUsed: number
  readonly external: number
}

const say = (line: string): void => void (values.json || process.stdout.write(`${line}\n`))
const shown = ({ rss, heapUsed, external }: Held): string =>
  [rss, heapUsed, external].map((bytes) => (bytes / MB).toFixed(1)).join(' / ')

/** What the server holds after a collection. */
async function held({ pid }: Embedded, file: string): Promise<Held> {
  await rm(file, { force: true })
  process.kill(pid ?? 0, 'SIGUSR2')
  for (;;) {
    await passes(50)
    const text = await readFile(file, 'utf8').catch(() => '')
    const told: unknown = text.endsWith('}') ? JSON.parse(text) : undefined
    if (isHeld(told)) return told
  }
}

const isHeld = (told: unknown): told is Held => typeof told === 'object' && told !== null && 'heapUsed' in told

/** Makes and drops connections, `width` at a time; gives the most memory that was seen meanwhile. */
async function churn(server: Embedded, first: number, count: number): Promise<number> {
  const [place] = server.c2s
  if (place === undefined) throw new TypeError('nothing is served')
  const state = { next: first, peak: 0 }
  const walk = async () => {
    while (state.next < first + count) {
      const n = state.next++
      await WAYS[n % WAYS.length]?.({ place, localAddress: `127.0.1.${1 + (n % SOURCES)}`, n })
      if (n % 500 === 0) state.peak = Math.max(state.peak, await server.memory())
    }
  }
  await Promise.all(Array.from({ length: width }, walk))
  return state.peak
}

const dir = await mkdtemp(path.join(tmpdir(), 'jabiru-churn-'))
const file = path.join(dir, 'held.json')
const server = await startEmbedded({
  flags: ['--expose-gc', '--import', import.meta.resolve('./probe.ts')],
  env: {
    CHURN_PROBE: file,
    JABIRU_LIMITS_ATTEMPTS_PER_MINUTE: '10000000',
    JABIRU_LIMITS_CONNECTIONS_PER_ADDRESS: '1000000',
    JABIRU_LIMITS_PREAUTH_DEADLINE_MS: '10000',
  },
})
try {
  // The first ones compile code and fill caches: what is there after them is what is to be there at the end.
  await churn(server, 0, Math.min(5000, connections))
  await passes(11_000)
  const before = await held(server, file)
  say('RSS / heap / external, MB')
  say(`before   ${shown(before)}`)
  const began = performance.now()
  const peak = await churn(server, 5000, connections)
  const seconds = (performance.now() - began) / 1000
  say(`at most  ${(peak / MB).toFixed(1)} while ${connections} connections came and went in ${seconds.toFixed(0)} s`)
  await passes(11_000) // the deadline of those that only the server still holds
  const after = await held(server, file)
  say(`after    ${shown(after)}`)
  const kept = after.heapUsed + after.external - before.heapUsed - before.external
  const faults = server.faults()
  const failed = kept > MOST_KEPT * MB || faults.length > 0
  if (values.json)
    process.stdout.write(`${JSON.stringify({ connections, seconds, before, peak, after, kept, faults })}\n`)
  say(
    failed
      ? `FAILED: ${(kept / MB).toFixed(1)} MB of heap have not come back; ${faults.join('\n')}`
      : `kept     ${(kept / MB).toFixed(1)} of heap`,
  )
  process.exitCode = failed ? 1 : 0
} finally {
  await server.stop()
  await rm(dir, { recursive: true, force: true })
}
