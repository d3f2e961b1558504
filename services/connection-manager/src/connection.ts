import type { Clock, Timer } from '@jabiru/cluster'
import type { BareJid } from '@jabiru/jid'
import type { Hop } from '@jabiru/runtime'
import { type Stanza, StreamFault } from '@jabiru/stanza'
import type { ConnectionRef, Delivery, DownEnvelope, InstanceRef, SessionRef } from '@jabiru/wire'
import { Channel, type Line } from './channel.ts'
import type { ConnectionLimits } from './config.ts'
import { written } from './framing/written.ts'
import { Hold } from './intake.ts'
import type { Lanes } from './lanes.ts'
import { Link } from './link.ts'
import { asAuth, asRegistered, type Login } from './login.ts'
import type { Cork } from './output.ts'
import { ping } from './ping.ts'
import { Silence } from './silence.ts'
import { initialState, isWaiting, step } from './stream/machine.ts'
import { wireCount } from './stream/management.ts'
import { isResumable } from './stream/resumable.ts'
import type { StreamAction, StreamEvent, StreamState, Terms } from './stream/state.ts'

/** What all connections share. */
export interface ConnectionDeps {
  readonly cm: InstanceRef
  readonly terms: Terms
  readonly limits: ConnectionLimits
  readonly lanes: Lanes
  readonly clock: Clock
  readonly cork: Cork
  readonly createLogin: () => Login
  /** A client has sent a stanza; gives the first hop of those that are traced. */
  readonly onStanza: (stanza: Stanza) => Hop | undefined
  readonly onClosed: (connection: Connection) => void
  /** A stream ends with an error of ours. */
  readonly onError: (connection: Connection, fault: StreamFault) => void
  /** Our own code failed; the connection is dropped. */
  readonly onFault: (connection: Connection, fault: unknown) => void
}

type Down<K extends DownEnvelope['k']> = Extract<DownEnvelope, { k: K }>

/** One client's connection: carries out what the state machine of its stream decides. */
export class Connection {
  readonly id: string
  readonly address: string
  readonly channel: Channel
  readonly #deps: ConnectionDeps
  readonly #deadline: Timer
  readonly #ref: ConnectionRef
  readonly #silence: Silence
  #state: StreamState
  #login: Login | undefined
  #link: Link | undefined
  #left: Link | undefined

  constructor(id: string, line: Line, deps: ConnectionDeps) {
    this.id = id
    this.#deps = deps
    this.#ref = { cm: deps.cm, conn: id }
    this.#silence = new Silence(deps.clock.now())
    this.#login = deps.createLogin()
    const late = () => this.fail(new StreamFault('connection-timeout', { text: 'not authenticated in time' }))
    this.#deadline = deps.clock.setTimer(deps.limits.preauthDeadlineMs, late)
    this.channel = new Channel(line, deps, {
      open: (header) => this.#dispatch({ on: 'header', header }),
      top: (top) => this.#dispatch({ on: 'element', top }),
      close: () => this.#dispatch({ on: 'close' }),
      unreadable: ({ condition, message }) => this.fail(new StreamFault(condition, { text: message })),
      heard: () => this.#onHeard(),
      secured: () => this.#onSecured(),
      closed: () => this.#onClosed(),
      fault: (fault) => this.#fails(fault),
    })
    this.address = this.channel.transport.remoteAddress
    this.#state = initialState(line.tls === 'done' ? Object.keys(this.#bindings) : undefined)
    if (line.tls === 'direct') this.channel.startTls()
    else this.channel.begin()
  }

  /** It has a session. */
  get isBound(): boolean {
    return this.#state.at === 'bound'
  }

  /** The stream ends with an error. */
  fail(fault: StreamFault): void {
    // There is no stream to say it on while TLS begins.
    if (this.channel.holds(Hold.handshake)) this.channel.transport.destroy()
    else this.#dispatch({ on: 'fault', fault })
  }

  /** The owner has bound a session. False where nobody waits for it any more. */
  onBound(session: SessionRef): boolean {
    // A later owner heard the request as well, and says what the one before has said. RFC 6120 §7.
    if (this.#state.at !== 'binding') return this.#link?.session.gen === session.gen
    this.#link = this.#createLink(session, this.#state.identity.account)
    this.#dispatch({ on: 'bound', session })
    return true
  }

  onBindFailed({ condition }: Down<'bind-failed'>): void {
    if (this.#state.at === 'binding') this.#dispatch({ on: 'bind-failed', condition })
  }

  onManaged(envelope: Down<'sm-enabled'>): void {
    if (this.#state.at !== 'bound' || this.#state.sm !== 'asked') return
    const { id, max } = envelope
    this.#dispatch({ on: 'sm-enabled', ...(id === undefined ? {} : { id }), ...(max === undefined ? {} : { max }) })
    this.#link?.enable(envelope)
  }

  /** The owner has resumed a session. False where nobody waits for it any more. */
  onResumed(envelope: Down<'sm-resumed'>): boolean {
    if (this.#state.at !== 'resuming') return false
    const { session, previd, handled } = envelope
    this.#link = this.#createLink(session, this.#state.identity.account)
    this.#link.resume(envelope)
    this.#dispatch({ on: 'sm-resumed', session, previd, h: wireCount(handled - envelope.inBase) })
    return true
  }

  onManagementFailed({ condition, h }: Down<'sm-failed'>): void {
    const asked = this.#state.at === 'resuming' || (this.#state.at === 'bound' && this.#state.sm === 'asked')
    if (asked) this.#dispatch({ on: 'sm-failed', condition, ...(h === undefined ? {} : { h }) })
  }

  /** One stanza of the session, as XML. */
  deliver(delivery: Delivery, stanza: Stanza, xml: string): void {
    this.#link?.deliver(delivery, stanza, xml)
  }

  /** What the owner wants a later owner of the session to know. */
  keep(envelope: Down<'keep' | 'hold'>): void {
    this.#link?.keep(envelope)
  }

  /** Looks whether the client is still there. */
  checkSilence(now: number): void {
    const silence = this.#silence.check(now, this.#deps.limits)
    if (silence === 'suspect') this.#probe()
    else if (silence === 'over') this.fail(new StreamFault('connection-timeout'))
  }

  #onHeard(): void {
    this.#silence.heard(this.#deps.clock.now())
    if (this.#state.at === 'securing') this.channel.startTls()
  }

  get #bindings(): Readonly<Record<string, string>> {
    return this.channel.transport.channelBindings()
  }

  #onSecured(): void {
    const bindings = Object.keys(this.#bindings)
    if (this.#state.at === 'securing') this.#dispatch({ on: 'tls', bindings })
    else this.#state = initialState(bindings)
    this.channel.release(Hold.handshake)
  }

  #dispatch(event: StreamEvent): void {
    const { state, actions } = step(this.#state, event, this.#deps.terms)
    this.#state = state
    for (const action of actions) this.#act(action)
    if (isWaiting(this.#state)) this.channel.hold(Hold.answer)
    else this.channel.release(Hold.answer)
  }

  #act(action: StreamAction): void {
    switch (action.do) {
      case 'open':
      case 'write':
      case 'features':
      case 'send':
        return this.#write(written(this.channel.framing, action))
      case 'restart':
        return this.channel.restart()
      case 'authenticate':
        return this.#await(this.#login?.begin({ ...action, address: this.address, bindings: this.#bindings }), asAuth)
      case 'register':
        return this.#await(this.#login?.register({ ...action.request, address: this.address }), asRegistered)
      case 'respond':
        return this.#await(this.#login?.respond(action.data), asAuth)
      case 'abandon':
        return this.#login?.abandon()
      case 'authenticated':
        return this.#onAuthenticated()
      case 'bind':
        return this.#deps.lanes.up({ k: 'bind', at: this.#ref, ...action.request })
      case 'resume':
        return this.#deps.lanes.up({ k: 'sm-resume', at: this.#ref, ...action.request })
      case 'enable':
        return this.#link?.requestManagement(action.resume, action.max)
      case 'out':
        return this.#send(action.stanza)
      case 'tell-handled':
        return this.#link?.tellHandled()
      case 'handled':
        return this.#link?.confirm(action.h)
      case 'client-state':
        return this.#link?.tellState(action.active)
      case 'fail':
        return this.#fail(action.fault)
      case 'close':
        this.#end(true)
        return this.#left?.lost() // it may read no more: what the system has not taken comes again
    }
  }

  /** What auth says counts where the stream still waits for it. */
  #await<T>(answer: Promise<T> | undefined, heard: (answer: T) => StreamEvent, asked = this.#state.at): void {
    const go = (said: T) => this.#state.at === asked && this.#dispatch(heard(said))
    answer?.then(go).catch((fault: unknown) => this.#fails(fault))
  }

  #onAuthenticated(): void {
    this.#deadline.cancel()
    this.#login = undefined
    this.channel.widen()
  }

  #send(stanza: Stanza): void {
    const link = this.#link
    if (link === undefined) return
    link.send(stanza, this.#deps.onStanza(stanza))
    const { lanes, limits } = this.#deps
    if (link.inputBytes > limits.inputBytes) this.channel.hold(Hold.input)
    if (this.channel.holds(Hold.lane) || !lanes.isFull(link.account)) return
    this.channel.hold(Hold.lane)
    lanes.whenOpen(link.account, () => this.channel.release(Hold.lane))
  }

  #write(xml: string, taken?: () => void): void {
    this.channel.write(xml, this.#link?.unconfirmedBytes, taken)
  }

  #createLink(session: SessionRef, account: BareJid): Link {
    const { lanes, clock, limits } = this.#deps
    this.channel.settle()
    const link = new Link({
      account,
      session,
      at: this.#ref,
      lanes,
      clock,
      limits,
      write: (xml, taken) => this.#write(xml, taken),
      onFault: (fault) => this.fail(fault),
      // Half of it: reading does not stop and start with every stanza.
      onProgress: (waiting) => waiting <= limits.inputBytes / 2 && this.channel.release(Hold.input),
    })
    lanes.seat(link)
    return link
  }

  #probe(): void {
    if (this.#state.at !== 'bound') return
    if (this.#link?.managed) return this.#link.ask()
    const { identity, session } = this.#state
    this.#write(this.channel.framing.stanza(ping(identity.host, session.jid)))
  }

  #fail(fault: StreamFault): void {
    this.#deps.onError(this, fault)
    this.#write(this.channel.framing.error(fault))
    this.#end(!isResumable(fault.condition))
  }

  /** Our own code failed: the client is told so, if that still can be. RFC 6120 §4.9.3.8. */
  #fails(fault: unknown): void {
    this.#deps.onFault(this, fault)
    try {
      this.fail(new StreamFault('internal-server-error'))
    } catch (again) {
      this.#deps.onFault(this, again)
      this.channel.transport.destroy()
    }
  }

  #end(closed: boolean): void {
    this.#leave(closed)
    this.channel.end()
  }

  #leave(closed: boolean): void {
    this.#deadline.cancel()
    this.#login?.abandon()
    this.#left = this.#link ?? this.#left
    this.#link?.leave(closed)
    this.#link = undefined
  }

  #onClosed(): void {
    this.#state = { at: 'closing' }
    this.#leave(false)
    this.#left?.lost()
    this.#deps.onClosed(this)
  }
}
