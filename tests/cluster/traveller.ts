import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Device, NotReceived, xml } from '@jabiru/testkit'
import { child, type Element, textOf } from '@jabiru/xml'

/** What each has under way to the other. */
const WINDOW = 4
/** What one says last. */
const LAST = 'that is all'
const AGAIN_MS = 50
const TRIES = 400

/**
 * Somebody who goes on at another connection manager whenever one ends the stream, and answers each message of a friend with
 * the next: a conversation that lasts by itself. What comes is counted as it comes.
 */
export class Traveller {
  readonly device: Device
  /** The longest time between two messages that came, in ms. */
  longestSilence = 0
  /** How often it has gone on with its session. */
  resumed = 0
  readonly #friend: Device
  readonly #quit: AbortSignal
  #server: number
  #sent = 0
  #came = 0
  #heardAt = performance.now()
  #saidAll = false
  #heardOut = false

  constructor(device: Device, friend: Device, server: number, quit: AbortSignal) {
    this.device = device
    this.#friend = friend
    this.#server = server
    this.#quit = quit
  }

  get sent(): number {
    return this.#sent
  }

  /** Talks until it is to quit, and hears its friend out: what that one says last comes last. */
  async talks(): Promise<void> {
    for (let n = 0; n < WINDOW; n += 1) this.#says()
    while (!this.#heardOut) {
      const message = await this.#next()
      if (message === undefined) await this.#goesOn()
      else this.#hears(message)
    }
  }

  /** What it was told of its friend's going. */
  blinks(): readonly Element[] {
    return this.device.takesAll().filter(({ name, attrs }) => name === 'presence' && attrs['type'] === 'unavailable')
  }

  #says(): void {
    if (this.#saidAll) return
    this.#saidAll = this.#quit.aborted
    const id = `m${(this.#sent += 1)}`
    const body = this.#saidAll ? LAST : 'and'
    this.device.sends(xml`<message to="${this.#friend}" type="chat" id="${id}"><body>${body}</body></message>`)
  }

  /** Undefined where the connection is lost. */
  async #next(): Promise<Element | undefined> {
    try {
      return await this.device.receives(xml`<message/>`)
    } catch (error) {
      if (error instanceof NotReceived) return undefined
      throw error
    }
  }

  #hears(message: Element): void {
    const now = performance.now()
    this.longestSilence = Math.max(this.longestSilence, now - this.#heardAt)
    this.#heardAt = now
    this.#came += 1
    assert.equal(message.attrs['id'], `m${this.#came}`, `${this.device.name}: lost, doubled or out of order`)
    this.#heardOut = textOf(child(message, 'body')) === LAST
    this.#says()
  }

  /** One may have left, and the other may not be there yet. */
  async #goesOn(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      this.#server += 1
      try {
        await this.device.resumes({ server: this.#server })
        this.resumed += 1
        return
      } catch (error) {
        const isAway = error instanceof NotReceived || (error instanceof Error && 'code' in error)
        if (!isAway || tries === TRIES) throw error
      }
      await sleep(AGAIN_MS)
    }
  }
}
