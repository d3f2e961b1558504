import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Bus, createInProcessBus } from '@jabiru/bus'
import { makeBare, parseDomain, withResource } from '@jabiru/jid'
import { createManualClock, ensureSelfSigned, type Log, type ManualClock } from '@jabiru/runtime'
import {
  type AuthBegin,
  createEndpoint,
  type DownEnvelope,
  type Endpoint,
  type LaneEnvelope,
  type SessionRef,
  type UpEnvelope,
} from '@jabiru/wire'
import { DEFAULT_LIMITS, PRE_AUTH_LIMITS } from '@jabiru/xml'
import type { ConnectionLimits } from '../config.ts'
import type { Draining, DrainTerms } from '../drain.ts'
import { type Certificate, type CertificateSource, type ConnectionManager, createConnectionManager } from '../index.ts'
import { fakeAuth } from './fake-auth.ts'

export const LIMITS: ConnectionLimits = {
  preauthDeadlineMs: 30_000,
  connections: 1000,
  connectionsPerAddress: 1000,
  attemptsPerMinute: 1_000_000,
  bytesPerSecond: 1_000_000_000,
  recipientsPerMinute: 1_000_000,
  loginsPerSecond: 1_000_000,
  clusterLoginsPerSecond: 1_000_000,
  authFailures: 5,
  bindFailures: 10,
  beforeAuth: PRE_AUTH_LIMITS,
  afterAuth: DEFAULT_LIMITS,
  outputBytes: 1_000_000,
  inputBytes: 100_000,
  laneBytes: 1_000_000,
  backlogBytes: 100_000_000,
  askAfterStanzas: 10,
  askAfterMs: 1000,
  silenceMs: 600_000,
  silenceGraceMs: 60_000,
  closeDeadlineMs: 5000,
}

const made = new Map<string, Promise<Certificate>>()

async function makeCertificate(domain: string): Promise<Certificate> {
  const dir = mkdtempSync(path.join(tmpdir(), 'jabiru-cm-'))
  const { certFile, keyFile } = await ensureSelfSigned(dir, [domain])
  const certificate = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
  rmSync(dir, { recursive: true })
  return certificate
}

/** One certificate per domain for all tests of a process. */
export function testCertificate(domain = 'localhost'): Promise<Certificate> {
  const certificate = made.get(domain) ?? makeCertificate(domain)
  made.set(domain, certificate)
  return certificate
}

const TOKEN = 7

type Up = UpEnvelope
type Down = DownEnvelope extends infer E ? (E extends DownEnvelope ? Omit<E, 'part' | 'token'> : never) : never

/**
 * Owner of every partition, scripted: it binds what asks for it, notes everything else, and says what a test
 * tells it to.
 */
export class FakeOwner {
  readonly heard: Up[] = []
  readonly endpoint: Endpoint
  readonly #serving: { close: () => void }[]
  #wake: (() => void)[] = []
  readonly #bound = new Map<string, SessionRef>()
  #counter = 0
  /** What `out` waits for before it counts as committed. */
  gate: ((out: Extract<Up, { k: 'out' }>) => Promise<void> | undefined) | undefined
  autoBind = true

  constructor(bus: Bus, partitions: number) {
    this.endpoint = createEndpoint({
      bus,
      self: { id: 'owner', epoch: 1 },
      partitions,
      onFault: (fault) => {
        throw fault
      },
    })
    const parts = Array.from({ length: partitions }, (_, part) => part)
    this.#serving = [
      ...parts.map((part) => this.endpoint.serve('session', part, TOKEN, (envelope) => this.#hear(envelope))),
      this.endpoint.announce('session', () => parts.map((part) => [part, TOKEN])),
    ]
  }

  /** The session that was bound last under an address. */
  sessionOf(account: string, resource: string): SessionRef {
    const session = this.#bound.get(`${account}/${resource}`)
    if (session === undefined) throw new Error(`not bound: ${account}/${resource}`)
    return session
  }

  nextSession(account: string, resource: string): SessionRef {
    const [local = '', domain = ''] = account.split('@')
    return { jid: withResource(makeBare(local, parseDomain(domain)), resource), gen: `${TOKEN}.${++this.#counter}` }
  }

  say(to: Extract<Up, { at: unknown }>['at'], account: string, envelope: Down): void {
    const part = this.endpoint.partitionOf(account)
    this.endpoint.sendDown(to.cm, { part, token: TOKEN, ...envelope }).catch((fault: unknown) => {
      throw fault
    })
  }

  /** Waits for the next envelope of a kind, in order; what it was is forgotten. */
  async next<K extends Up['k']>(kind: K): Promise<Extract<Up, { k: K }>> {
    for (;;) {
      const at = this.heard.findIndex((envelope) => envelope.k === kind)
      const [found] = at < 0 ? [] : this.heard.splice(at, 1)
      if (found !== undefined && isKind(found, kind)) return found
      await new Promise<void>((resolve) => this.#wake.push(resolve))
    }
  }

  close(): void {
    for (const one of this.#serving) one.close()
    this.endpoint.close()
  }

  #hear(envelope: LaneEnvelope): Promise<void> | undefined {
    // An introduction is nothing to who scripts the owner.
    if (!isUp(envelope)) return undefined
    this.heard.push(envelope)
    if (envelope.k === 'bind' && this.autoBind) {
      const session = this.nextSession(envelope.account, envelope.resource ?? 'made')
      this.#bound.set(session.jid, session)
      this.say(envelope.at, envelope.account, { k: 'bound', conn: envelope.at.conn, session })
    }
    const wake = this.#wake
    this.#wake = []
    for (const run of wake) run()
    return envelope.k === 'out' ? this.gate?.(envelope) : undefined
  }
}

const UP_KINDS: readonly string[] = ['bind', 'out', 'csi', 'sm-enable', 'sm-resume', 'confirm', 'gone']
const isUp = (envelope: LaneEnvelope): envelope is Up => UP_KINDS.includes(envelope.k)
const isKind = <K extends Up['k']>(envelope: Up, kind: K): envelope is Extract<Up, { k: K }> => envelope.k === kind

const SILENT: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  trace: () => undefined,
  child: () => SILENT,
}

export interface House extends AsyncDisposable {
  readonly cm: ConnectionManager
  readonly owner: FakeOwner
  readonly clock: ManualClock
  readonly bus: Bus
  readonly port: number
  readonly tlsPort: number
  readonly proxiedPort: number
  /** What auth was asked. */
  readonly logins: readonly AuthBegin[]
  /** What was logged as an error. */
  readonly faults: readonly string[]
  /** What was logged besides, with what was told of it. */
  readonly logged: readonly (readonly [level: string, event: string, told: unknown])[]
  /** How far it has said to be with leaving. */
  readonly told: readonly Draining[]
  readonly changeCertificate: (certificate: Certificate) => void
  /** Resolves when no connection is open. */
  readonly empty: () => Promise<void>
}

export interface HouseOptions {
  readonly limits?: Partial<ConnectionLimits>
  readonly listen?: string
  readonly proxiedFrom?: readonly string[]
  readonly port?: number
  readonly drain?: DrainTerms
  readonly seeOtherHost?: string
  /** Nobody answers for accounts. */
  readonly withoutAuth?: boolean
}

/** A connection manager on free ports, between real sockets and a scripted owner. */
export async function startHouse(options: HouseOptions = {}): Promise<House> {
  const bus = createInProcessBus({
    onFault: (fault) => {
      throw fault
    },
  })
  const clock = createManualClock()
  const owner = new FakeOwner(bus, 4)
  const logins: AuthBegin[] = []
  const faults: string[] = []
  const logged: (readonly [string, string, unknown])[] = []
  const told: Draining[] = []
  if (options.withoutAuth !== true) fakeAuth(bus, logins)
  const endpoint = createEndpoint({
    bus,
    self: { id: 'cm', epoch: 1 },
    partitions: 4,
    onFault: (fault) => {
      throw fault
    },
  })
  let certificate = await testCertificate()
  let changed = () => {}
  const certificates: CertificateSource = {
    current: () => certificate,
    onChange: (listener) => {
      changed = listener
    },
  }
  const cm = createConnectionManager(
    {
      listen: options.listen ?? '127.0.0.1',
      domains: [parseDomain('localhost'), parseDomain('example.org')],
      contacts: { abuse: [], admin: [], feedback: [], sales: [], security: [], status: [], support: [] },
      ports: { c2s: options.port ?? 0, c2sTls: 0, c2sProxied: 0, http: 0, https: 0 },
      proxiedFrom: options.proxiedFrom ?? ['127.0.0.0/8'],
      limits: { ...LIMITS, ...options.limits },
      traceRatio: 0,
      ...(options.drain === undefined ? {} : { drain: options.drain }),
      ...(options.seeOtherHost === undefined ? {} : { seeOtherHost: options.seeOtherHost }),
    },
    {
      bus,
      endpoint,
      log: {
        ...SILENT,
        error: (_, event) => void faults.push(event),
        warn: (told, event) => void logged.push(['warn', event, told]),
        debug: (told, event) => void logged.push(['debug', event, told]),
      },
      clock,
      certificates,
      onDraining: (draining) => void told.push(draining),
    },
  )
  await cm.ready()
  const { c2s = 0, c2sTls = 0, c2sProxied = 0 } = cm.addresses()
  return {
    cm,
    owner,
    clock,
    bus,
    port: c2s,
    tlsPort: c2sTls,
    proxiedPort: c2sProxied,
    logins,
    faults,
    logged,
    told,
    changeCertificate: (next) => {
      certificate = next
      changed()
    },
    empty: async () => {
      while (cm.connections() > 0) await new Promise<void>((resolve) => void setImmediate(resolve))
    },
    [Symbol.asyncDispose]: async () => {
      const closed = cm[Symbol.asyncDispose]()
      clock.advance(LIMITS.closeDeadlineMs)
      await closed
      endpoint.close()
      owner.close()
      await bus.close()
    },
  }
}
