import type { Clock, Timer } from '@jabiru/cluster'
import { type StreamEvents, XmlError } from '@jabiru/xml'
import type { ConnectionLimits } from './config.ts'
import type { Framing, Reader } from './framing/framing.ts'
import { Hold, Intake } from './intake.ts'
import { type Cork, Output } from './output.ts'
import { createPace, type Pace } from './pace.ts'
import type { Transport, TransportEvents } from './transport/transport.ts'

/** What a connection is made of. */
export interface Line {
  readonly transport: (events: TransportEvents) => Transport
  readonly framing: Framing
  /** When TLS begins: at <starttls/>, with the first byte, or it has begun already. */
  readonly tls: 'starttls' | 'direct' | 'done'
}

export interface ChannelEvents extends StreamEvents {
  /** What was read is no XML, or more than is taken. Nothing is read after it. */
  readonly unreadable: (fault: XmlError) => void
  /** Something was read, and what it led to is done. */
  readonly heard: () => void
  readonly secured: () => void
  readonly closed: () => void
  /** Our own code failed; whoever hears it ends the connection. */
  readonly fault: (fault: unknown) => void
}

export interface ChannelDeps {
  readonly limits: ConnectionLimits
  readonly clock: Clock
  readonly cork: Cork
}

/** The two directions of one connection: elements come out of what is read, and go into what is written. */
export class Channel {
  readonly transport: Transport
  readonly framing: Framing
  readonly #deps: ChannelDeps
  readonly #events: ChannelEvents
  readonly #reader: Reader
  readonly #intake: Intake
  readonly #output: Output
  readonly #pace: Pace
  /** Whether a chunk may be read without a look at what its elements lead to. */
  #whole = false
  #deadline: Timer | undefined

  constructor(line: Line, deps: ChannelDeps, events: ChannelEvents) {
    const { framing } = line
    this.framing = framing
    this.#deps = deps
    this.#events = events
    this.#reader = framing.createReader(deps.limits.beforeAuth, events)
    const transport = line.transport({
      data: (chunk) => this.#guarded(() => this.#onData(chunk)),
      secured: () => this.#guarded(events.secured),
      drained: () => this.release(Hold.output),
      closed: () => this.#onClosed(),
    })
    this.transport = transport
    this.#intake = new Intake({
      transport,
      cut: (chunk) => (this.#whole ? chunk.length : framing.cut(chunk)),
      read: (bytes) => this.#read(bytes),
    })
    this.#pace = createPace({
      clock: deps.clock,
      bytesPerSecond: deps.limits.bytesPerSecond,
      hold: () => this.hold(Hold.pace),
      release: () => this.release(Hold.pace),
    })
    this.#output = new Output({
      transport,
      cork: deps.cork,
      maxBytes: deps.limits.outputBytes,
      onFull: () => this.hold(Hold.output),
      // The session goes on without a socket: its owner has everything that was not confirmed.
      onOverflow: () => transport.destroy(),
    })
  }

  /** Reads from now on. */
  begin(): void {
    this.transport.resume()
  }

  hold(reason: number): void {
    this.#intake.hold(reason)
  }

  release(reason: number): void {
    this.#intake.release(reason)
  }

  holds(reason: number): boolean {
    return this.#intake.holds(reason)
  }

  /** Writes one whole element. `kept` is what else the client costs, in bytes. */
  write(unit: string, kept = 0, taken?: () => void): void {
    this.#output.write(unit, kept, taken)
  }

  /** The client begins a new stream. */
  restart(): void {
    this.#reader.reset()
    this.#intake.skipBlank()
  }

  /** From here on the limits of authenticated clients hold. */
  widen(): void {
    this.#reader.setLimits(this.#deps.limits.afterAuth)
    this.transport.widen()
  }

  /** Nothing that is read changes the language any more. */
  settle(): void {
    this.#whole = true
  }

  /** Begins TLS. What was received before it and not yet read ends the connection. */
  startTls(): void {
    // RFC 6120 §5.4.3.3: what came with <starttls/> in the clear is never taken for something said under TLS.
    if (this.#intake.hasMore) return this.transport.destroy()
    this.#intake.skipBlank()
    this.hold(Hold.handshake)
    this.#output.flush()
    this.transport.startTls()
  }

  /**
   * Our last word. The end of the peer is waited for.
   * NOTSPEC(RFC 6120 §4.4): what the peer still says is not heard, for nothing could acknowledge it any more.
   */
  end(): void {
    this.#output.write(this.framing.close, 0)
    this.#output.flush()
    this.#output.close()
    this.#reader.stop()
    this.#deadline = this.#deps.clock.setTimer(this.#deps.limits.closeDeadlineMs, () => this.transport.destroy())
    this.transport.end()
    this.#intake.close()
  }

  #onData(chunk: Uint8Array): void {
    this.#pace.took(chunk.length)
    this.#intake.take(chunk)
    this.#events.heard()
  }

  /** What fails in our own code costs this connection and no other. */
  #guarded(run: () => void): void {
    try {
      run()
    } catch (fault) {
      this.#events.fault(fault)
    }
  }

  #read(bytes: Uint8Array): void {
    try {
      this.#reader.write(bytes)
    } catch (fault) {
      if (!(fault instanceof XmlError)) throw fault
      this.#events.unreadable(fault)
    }
  }

  #onClosed(): void {
    this.#deadline?.cancel()
    this.#pace.stop()
    this.#output.close()
    this.#intake.close()
    this.#events.closed()
  }
}
