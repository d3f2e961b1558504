import assert from 'node:assert/strict'
import {
  createStreamParser,
  DEFAULT_LIMITS,
  type Element,
  type Limits,
  type StreamHeader,
  type TopElement,
  XmlError,
} from '../src/index.ts'

/** The opening tag of a usual stream. */
export const OPEN =
  "<stream:stream to='im.example.com' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"

/** A top-level element with its tree in place of the function that parses it. */
export interface Top extends Omit<TopElement, 'element'> {
  readonly element: Element
}

/** What a parser told before it refused or came to the end. */
export interface Told {
  readonly events: readonly (StreamHeader | Top | 'close')[]
  readonly error: XmlError | undefined
}

/** Feeds chunks to a parser and writes down what it tells. Any error but XmlError goes through. */
export function hear(chunks: readonly (string | Uint8Array)[], limits: Limits = DEFAULT_LIMITS): Told {
  const events: (StreamHeader | Top | 'close')[] = []
  const parser = createStreamParser(limits, {
    open: (header) => events.push(header),
    top: (element) => events.push({ ...element, element: element.element() }),
    close: () => events.push('close'),
  })
  try {
    for (const chunk of chunks) parser.write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
    parser.end()
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    return { events, error }
  }
  return { events, error: undefined }
}

/** The only top-level element of a usual stream that is read without a fault, the same in one chunk as in many. */
export function only(xml: string): Top {
  const told = hear([OPEN, xml])
  assert.equal(told.error, undefined)
  assert.deepEqual(hear(bytewise(OPEN + xml)), told)
  const [, top, ...more] = told.events
  assert.ok(typeof top === 'object' && 'inner' in top && more.length === 0)
  return top
}

/** Chunks of one byte. */
export function bytewise(data: string | Uint8Array): Uint8Array[] {
  return Array.from(typeof data === 'string' ? Buffer.from(data) : data, (byte) => Uint8Array.of(byte))
}
