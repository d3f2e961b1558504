import { child, type Element } from '@jabiru/xml'
import { Connection, told, Violation } from './connection.ts'
import type { Deadline } from './deadline.ts'
import type { House } from './house.ts'
import { openStream, secure } from './negotiation.ts'
import { targetOf, type Way } from './session.ts'

const STREAMS = 'http://etherx.jabber.org/streams'
const STREAM_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams'

/** How a stranger comes: without TLS unless told otherwise. */
export interface StrangerOptions {
  readonly over?: Way
}

/** A connection nobody has logged in on. It sends what it is told to, byte for byte. */
export class Stranger {
  readonly connection: Connection
  readonly #house: House

  private constructor(connection: Connection, house: House) {
    this.connection = connection
    this.#house = house
  }

  /** Connects, and says nothing yet. */
  static async connects(
    house: House,
    deadline: Deadline,
    { over = 'starttls' }: StrangerOptions = {},
  ): Promise<Stranger> {
    const [place] = house.c2s
    if (place === undefined) throw new Error('the house takes no clients')
    const target = targetOf(place, over, { servername: house.domain, ca: house.ca })
    return new Stranger(await Connection.open({ name: 'stranger', target, deadline }), house)
  }

  /** Opens a stream and gives the features. */
  opens(): Promise<Element> {
    return openStream(this.connection, this.#house.domain)
  }

  /** Opens a stream, turns to TLS, opens a stream again, and gives the features. */
  async secures(): Promise<Element> {
    return secure(this.connection, await this.opens(), { servername: this.#house.domain, ca: this.#house.ca })
  }

  /** Writes text or bytes as they are. */
  writes(data: string | Uint8Array): void {
    this.connection.write(data)
  }

  /**
   * Takes the end the server makes of it: a header if the server had none sent yet (RFC 6120 §4.9.1.2), one of these
   * stream errors, the closing tag, the closed connection.
   */
  async isRefused(...conditions: readonly string[]): Promise<Element> {
    const what = `a stream error <${conditions.join('/> or <')}/>`
    const first = await this.connection.next(what)
    const arrival = first.kind === 'open' ? await this.connection.next(what) : first
    const error = arrival.kind === 'element' ? arrival.element : undefined
    const isError = error?.ns === STREAMS && error.name === 'error'
    if (!isError || !conditions.some((condition) => child(error, condition, STREAM_ERRORS))) {
      throw new Violation(`expected ${what}, received ${told(arrival)}\n\n${this.connection.deadline.account()}`)
    }
    await this.connection.ended()
    return error
  }
}
