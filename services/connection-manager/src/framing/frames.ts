import { NS, renderStanza, renderStreamError } from '@jabiru/stanza'
import {
  createStreamParser,
  type Limits,
  type StreamEvents,
  type StreamParser,
  type TopElement,
  XmlError,
} from '@jabiru/xml'
import { type Framing, headerAttributes, type Reader, renderFeatures } from './framing.ts'

const LT = 0x3c
const QUESTION_MARK = 0x3f
const TAG_END = 0x3e
/** What a frame is read within: nothing is bound there, so that it must stand on its own. */
const AROUND = Buffer.from('<frame>')

/** Reads frames, each of which is a document of its own. RFC 7395 §3.3.3. */
class FrameReader implements Reader {
  readonly #events: StreamEvents
  readonly #parser: StreamParser
  #opened = false
  #stopped = false
  #found: TopElement | undefined

  constructor(limits: Limits, events: StreamEvents) {
    this.#events = events
    this.#parser = createStreamParser(limits, {
      open: () => undefined,
      top: (top) => this.#find(top),
      close: () => undefined,
    })
  }

  write(frame: Uint8Array): void {
    if (this.#stopped) return
    if (frame[0] !== LT) throw new XmlError('not-well-formed', 'a frame begins with <')
    this.#found = undefined
    this.#parser.reset()
    const start = lengthOfDeclaration(frame)
    this.#parser.write(frame.subarray(0, start))
    this.#parser.write(AROUND)
    this.#parser.write(frame.subarray(start))
    this.#parser.end()
    if (this.#found === undefined) throw new XmlError('not-well-formed', 'a frame holds one element')
    this.#tell(this.#found)
  }

  reset(): void {
    this.#opened = false
  }

  setLimits(limits: Limits): void {
    this.#parser.setLimits(limits)
  }

  stop(): void {
    this.#stopped = true
    this.#parser.stop()
  }

  #find(top: TopElement): void {
    if (this.#found !== undefined) throw new XmlError('not-well-formed', 'a frame holds one element')
    this.#found = top
  }

  #tell(top: TopElement): void {
    this.#found = undefined
    const framed = top.ns === NS.framing
    if (framed && top.name === 'close') return this.#events.close()
    if (this.#opened) return this.#events.top(top)
    this.#opened = true
    // RFC 7395 §3.3.1: the same attributes as those of <stream:stream>.
    const name = framed && top.name === 'open' ? 'stream' : top.name
    const ns = framed ? NS.streams : top.ns
    this.#events.open({ name, ns, prefix: '', attrs: top.attrs, prefixes: {}, defaultNs: NS.client })
  }
}

/** RFC 7395 §3.3.3: an XML declaration is not recommended, and allowed. The parser checks it: it holds no `>` but its last. */
const lengthOfDeclaration = (frame: Uint8Array): number => (frame[1] === QUESTION_MARK ? frame.indexOf(TAG_END) + 1 : 0)

/** RFC 7395 §3.3: each element in a frame of its own. */
export const frameFraming: Framing = {
  createReader: (limits, events) => new FrameReader(limits, events),
  cut: (frame) => frame.length,
  open: (header, id) => `<open xmlns='${NS.framing}'${headerAttributes(header, id)}/>`,
  features: (features) => renderFeatures(features, ` xmlns:stream='${NS.streams}'`),
  stanza: (stanza) => renderStanza(stanza, NS.client),
  error: (fault) => renderStreamError(fault, true),
  close: `<close xmlns='${NS.framing}'/>`,
}
