import assert from 'node:assert/strict'
import { type Bus, createInProcessBus } from '@jabiru/bus'
import { parseBareJid, parseDomain } from '@jabiru/jid'
import { type ClientOptions, clientMechanism, encodeBase64, mechanismsFor, saltPassword } from '@jabiru/sasl'
import {
  type AuthBegin,
  type AuthContinue,
  type AuthReply,
  decodeAuthReply,
  encodeAuthBegin,
  encodeAuthContinue,
  type InstanceRef,
  subjects,
} from '@jabiru/wire'
import { type AuthConfig, authDefaults } from './config.ts'
import { type AuthParts, createAuth } from './service.ts'
import { memoryAccounts } from './store/memory.ts'

/** Limits small enough to reach. */
export const config: AuthConfig = {
  ...authDefaults,
  domains: [parseDomain('localhost')],
  reserved: [parseBareJid('admin@localhost')],
  scram_iterations: 4096,
  exchange_deadline_ms: 1000,
  attempts_window_ms: 10_000,
  max_attempts_per_account: 3,
  max_attempts_per_address: 8,
  max_exchanges: 20,
  max_exchanges_per_address: 10,
}

const bindings = new Map([['tls-exporter', new Uint8Array(32).fill(7)]])

/** What a connection manager says of a stream under TLS. */
export const stream: Omit<AuthBegin, 'mechanism' | 'initial'> = {
  domain: parseDomain('localhost'),
  address: '192.0.2.1',
  secure: true,
  offered: mechanismsFor({ secure: true, bindable: true }),
  announced: [...bindings.keys()],
  bindings: Object.fromEntries([...bindings].map(([type, data]) => [type, encodeBase64(data)])),
}

/** The auth service on the in-process bus, with accounts alice and bob, a clock that tests move and counts of what it did. */
export async function startHouse(over: Partial<AuthConfig> = {}, parts: Partial<AuthParts> = {}) {
  const traffic: string[] = []
  const bus = createInProcessBus()
  const faults: unknown[] = []
  let derivations = 0
  let now = 0
  const whole = {
    bus,
    store: memoryAccounts(() => new Date(0)),
    instance: { id: 'auth-a', epoch: 1 } satisfies InstanceRef,
    secret: new Uint8Array(32).fill(1),
    onFault: (fault: unknown) => void faults.push(fault),
    clock: () => now,
    derive: (derivation: Parameters<typeof saltPassword>[0]) => {
      derivations++
      return saltPassword(derivation)
    },
    ...parts,
  }
  const auth = createAuth({ ...config, ...over }, whole)
  await auth.accounts.add('alice@localhost', 'secret')
  await auth.accounts.add('bob@localhost', 'terces')
  return {
    ...clientOf(bus, traffic),
    auth,
    bus,
    faults,
    parts: whole,
    traffic,
    derivations: () => derivations,
    at: (time: number) => {
      now = time
    },
    [Symbol.asyncDispose]: async () => {
      await auth[Symbol.asyncDispose]()
      await bus.close()
    },
  }
}

function clientOf(bus: Bus, traffic: string[]) {
  const ask = async (subject: string, payload: string): Promise<AuthReply> => {
    traffic.push(payload)
    const reply = await bus.request(subject, payload, { timeoutMs: 10_000 })
    traffic.push(reply)
    return decodeAuthReply(reply)
  }
  const begin = (over: Pick<AuthBegin, 'mechanism' | 'initial'> & Partial<AuthBegin>) =>
    ask(subjects.auth, encodeAuthBegin({ ...stream, ...over }))
  const proceed = (reply: AuthReply, next: { readonly data: string } | { readonly abort: true }) => {
    assert.equal(reply.step, 'challenge')
    if (reply.step !== 'challenge') return Promise.resolve(reply)
    const message: AuthContinue = { exchange: reply.exchange, ...next }
    return ask(reply.reply_to, encodeAuthContinue(message))
  }
  return { ask, begin, proceed, login: loginOver(begin, proceed) }
}

/** A whole login of a client that does as it should. */
function loginOver(
  begin: (first: Pick<AuthBegin, 'mechanism' | 'initial'> & Partial<AuthBegin>) => Promise<AuthReply>,
  proceed: (reply: AuthReply, next: { readonly data: string }) => Promise<AuthReply>,
) {
  return async (mechanism: string, who: ClientOptions, over: Partial<AuthBegin> = {}): Promise<AuthReply> => {
    const [binding] = [...bindings].map(([type, data]) => ({ type, data }))
    let client = clientMechanism(mechanism, { ...(binding && { binding }), ...who })
    let reply = await begin({ ...over, mechanism, initial: encodeBase64(client.data) })
    while (reply.step === 'challenge') {
      client = await client.next(Buffer.from(reply.data, 'base64'))
      reply = await proceed(reply, { data: encodeBase64(client.data) })
    }
    if (reply.step === 'success') client.finish(reply.data === null ? undefined : Buffer.from(reply.data, 'base64'))
    return reply
  }
}

export const alice: ClientOptions = { username: 'alice', password: 'secret' }
export const wrong: ClientOptions = { username: 'alice', password: 'guess' }
export const nobody: ClientOptions = { username: 'nobody', password: 'guess' }

/** What the client is told, in one word. */
export const word = (reply: AuthReply): string =>
  reply.step === 'success' ? reply.account : reply.step === 'failure' ? reply.condition : reply.step
