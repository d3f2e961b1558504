import { decodeUtf8, Pending } from './bytes.ts'
import { type Limits, XmlError } from './errors.ts'
import { checkDeclaration, readHeader, rootName, type StreamHeader, scopeOf } from './header.ts'
import type { Scope } from './reader.ts'
import { isSpace, Scanner } from './scanner.ts'
import { readTop, type TopElement } from './top.ts'

/** What a stream is made of, told while it is read. An error thrown by one of these ends the parser and reaches the writer. */
export interface StreamEvents {
  /** The opening tag of the root. */
  readonly open: (header: StreamHeader) => void
  /** A direct child of the root. */
  readonly top: (element: TopElement) => void
  /** The end tag of the root. What follows is ignored. */
  readonly close: () => void
}

/** Reads one direction of an XML stream. */
export interface StreamParser {
  /**
   * Takes the next bytes; events come before it returns, and how the bytes are cut into chunks changes none of them.
   * Throws XmlError at the first fault; from then on all input is ignored.
   */
  write(chunk: Uint8Array): void
  /** No more bytes will come. Throws XmlError if something is unfinished other than the root. */
  end(): void
  /** Begins a new stream (RFC 6120 §4.3.3). What is left of a chunk being written is dropped, and so is an unfinished element. */
  reset(): void
  /** Changes the limits, for the element in progress too. */
  setLimits(limits: Limits): void
  /** Ignores all further input, the rest of a chunk being written included. */
  stop(): void
}

/** Where between the units the stream is. */
const START = 0
const PROLOG = 1
const CONTENT = 2
const OVER = 3

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]
const LT = 0x3c
const NOTHING_BOUND: Scope = () => undefined

/** Creates a parser at the start of a stream. It holds no buffer and no tree while no element is in progress. */
export function createStreamParser(limits: Limits, events: StreamEvents): StreamParser {
  return new Stream(limits, events)
}

class Stream implements StreamParser {
  readonly #events: StreamEvents
  readonly #scanner = new Scanner()
  readonly #pending = new Pending()
  #limits: Limits
  #place = START
  #inUnit = false
  /** Bytes seen of a byte order mark. */
  #mark = 0
  #root = ''
  #scope: Scope = NOTHING_BOUND
  /** Counts resets and stops, so that a write in progress sees them. */
  #epoch = 0

  constructor(limits: Limits, events: StreamEvents) {
    this.#limits = limits
    this.#events = events
  }

  write(chunk: Uint8Array): void {
    const epoch = this.#epoch
    let at = 0
    try {
      while (at < chunk.length && this.#place !== OVER && this.#epoch === epoch) {
        at = this.#inUnit ? this.#unit(chunk, at) : this.#between(chunk, at)
      }
    } catch (error) {
      this.stop()
      throw error
    }
  }

  end(): void {
    const unfinished = this.#inUnit || (this.#place === START && this.#mark % BYTE_ORDER_MARK.length !== 0)
    this.stop()
    if (unfinished) throw new XmlError('not-well-formed', 'the stream ends within a tag or an element')
  }

  reset(): void {
    this.stop()
    this.#place = START
    this.#mark = 0
  }

  setLimits(limits: Limits): void {
    this.#limits = limits
  }

  stop(): void {
    this.#epoch++
    this.#place = OVER
    this.#inUnit = false
    this.#pending.clear()
    this.#root = ''
    this.#scope = NOTHING_BOUND
  }

  /** Skips what may stand between units and returns where the next begins, or the end of the chunk. */
  #between(chunk: Uint8Array, from: number): number {
    let at = from
    if (this.#place === START) {
      at = this.#byteOrderMark(chunk, at)
      if (at === chunk.length) return at
    }
    for (; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0
      if (byte === LT) {
        this.#scanner.begin(this.#place === START ? 'declaration' : this.#place === PROLOG ? 'header' : 'element')
        this.#inUnit = true
        return at
      }
      if (!isSpace(byte)) throw this.#strayByte(byte)
      if (this.#place === START) this.#place = PROLOG
    }
    return at
  }

  /** NOTSPEC(RFC 6120 §11.6): a mark before the root is skipped, for as a no-break space it would only end the stream. */
  #byteOrderMark(chunk: Uint8Array, from: number): number {
    let at = from
    while (at < chunk.length && this.#mark < BYTE_ORDER_MARK.length && chunk[at] === BYTE_ORDER_MARK[this.#mark]) {
      this.#mark++
      at++
    }
    if (at < chunk.length && this.#mark % BYTE_ORDER_MARK.length !== 0) {
      throw new XmlError('not-well-formed', 'text before the first element')
    }
    return at
  }

  #strayByte(byte: number): XmlError {
    // 00, FE and FF begin UTF-16 and UTF-32; the others are no first byte of UTF-8 (RFC 3629 §4).
    if (byte === 0 || (byte >= 0x80 && byte < 0xc2) || byte > 0xf4) {
      return new XmlError('unsupported-encoding', 'not UTF-8')
    }
    return this.#place === CONTENT
      ? new XmlError('bad-format', 'text between top-level elements')
      : new XmlError('not-well-formed', 'text before the first element')
  }

  /** Reads on in a unit and returns where it stopped. */
  #unit(chunk: Uint8Array, from: number): number {
    const end = this.#scanner.scan(chunk, from, chunk.length, this.#limits)
    if (!this.#scanner.done) {
      this.#pending.append(chunk, from, end)
      return end
    }
    let bytes = chunk.subarray(from, end)
    if (this.#pending.length > 0) {
      this.#pending.append(chunk, from, end)
      bytes = this.#pending.take()
    }
    this.#inUnit = false
    this.#finished(decodeUtf8(bytes))
    return end
  }

  #finished(text: string): void {
    switch (this.#scanner.kind) {
      case 'element':
        this.#events.top(readTop(text, this.#scope, this.#limits))
        break
      case 'header':
        this.#opened(text)
        break
      case 'end':
        if (text.slice(2, -1).replace(/[ \t\r\n]+$/, '') !== this.#root)
          throw new XmlError('not-well-formed', 'another end tag than that of the root')
        this.stop()
        this.#events.close()
        break
      case 'declaration':
        checkDeclaration(text)
        this.#place = PROLOG
        break
    }
  }

  #opened(text: string): void {
    const header = readHeader(text, this.#limits)
    this.#root = rootName(text)
    this.#scope = scopeOf(header)
    this.#place = CONTENT
    const epoch = this.#epoch
    this.#events.open(header)
    if (!text.endsWith('/>') || this.#epoch !== epoch) return
    this.stop()
    this.#events.close()
  }
}
