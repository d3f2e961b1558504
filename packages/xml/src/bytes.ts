import { XmlError } from './errors.ts'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of whole UTF-8. Throws XmlError on what RFC 3629 forbids: overlong forms, surrogates, truncation, beyond U+10FFFF. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new XmlError('unsupported-encoding', cause instanceof Error ? cause.message : 'not UTF-8')
  }
}

/**
 * The same text in memory of its own. A slice keeps the whole string it was cut from alive, which matters when it is
 * much longer and the slice is kept for hours.
 */
export function detached(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le')
}

const SMALL = 128

/** Bytes of a unit that came in several chunks. Holds no memory while empty, and none of the chunks. */
export class Pending {
  #bytes: Uint8Array | undefined
  #length = 0

  get length(): number {
    return this.#length
  }

  append(chunk: Uint8Array, from: number, to: number): void {
    const length = this.#length + to - from
    if (this.#bytes === undefined || this.#bytes.length < length) {
      // Doubling keeps the cost of one-byte chunks linear.
      const grown = new Uint8Array(Math.max(length, 2 * this.#length, 64))
      if (this.#bytes !== undefined) grown.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = grown
    }
    // A view costs more to make than a few bytes to copy.
    if (to - from <= SMALL) for (let at = from; at < to; at++) this.#bytes[this.#length + at - from] = chunk[at] ?? 0
    else this.#bytes.set(chunk.subarray(from, to), this.#length)
    this.#length = length
  }

  /** Everything gathered; afterwards nothing is held. */
  take(): Uint8Array {
    const bytes = this.#bytes?.subarray(0, this.#length) ?? new Uint8Array(0)
    this.clear()
    return bytes
  }

  clear(): void {
    this.#bytes = undefined
    this.#length = 0
  }
}
