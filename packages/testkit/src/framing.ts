import {
  createStreamParser,
  DEFAULT_LIMITS,
  type Element,
  escapeAttr,
  parseElement,
  type StreamHeader,
  serialize,
} from '@jabiru/xml'

/** Who is told what was read. */
export interface Events {
  readonly open: (header: Pick<StreamHeader, 'attrs'>) => void
  readonly element: (element: Element) => void
  readonly end: () => void
}

/** Reads what the server sends. `read` throws for what a server must not send. */
export interface Reader {
  readonly read: (chunk: Uint8Array) => void
}

/** How a stream and its stanzas look on a transport. */
export interface Framing {
  readonly open: (to: string) => string
  readonly close: string
  /** An element as it is written on the stream. */
  readonly write: (element: Element) => string
  /** A reader at the start of a stream. */
  readonly createReader: (events: Events) => Reader
}

/** What was read is not as the framing wants it. */
export class FramingWrong extends Error {
  override readonly name = 'FramingWrong'
}

/** The end of the bytes that hold the closing tag, of which the tag itself may have begun earlier. */
const CLOSING = /^[^<]*>\s*$|<\/\s*[\w:]+\s*>\s*$/

/** One XML document for a stream (RFC 6120 §4). */
export const streamFraming: Framing = {
  open: (to) =>
    `<?xml version='1.0'?><stream:stream to='${escapeAttr(to)}' version='1.0' xml:lang='en'` +
    ` xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`,
  close: '</stream:stream>',
  write: (element) => serialize(element, 'jabber:client'),
  createReader: ({ open, element, end }) => {
    let ended = false
    const parser = createStreamParser(DEFAULT_LIMITS, {
      open,
      top: (top) => element(top.element()),
      close: () => {
        ended = true
        end()
      },
    })
    return {
      read: (chunk) => {
        const before = ended
        parser.write(chunk)
        // RFC 6120 §4.4: the closing tag is the last thing sent. The parser ignores what follows it; we do not.
        if (before || (ended && !CLOSING.test(Buffer.from(chunk).toString())))
          throw new FramingWrong('bytes after </stream:stream>')
      },
    }
  },
}

const FRAMING = 'urn:ietf:params:xml:ns:xmpp-framing'

/** One element for a frame (RFC 7395 §3.3). */
export const frameFraming: Framing = {
  open: (to) => `<open xmlns='${FRAMING}' to='${escapeAttr(to)}' version='1.0' xml:lang='en'/>`,
  close: `<close xmlns='${FRAMING}'/>`,
  write: (element) => serialize(element),
  createReader: ({ open, element, end }) => {
    let ended = false
    return {
      read: (frame) => {
        if (ended) throw new FramingWrong('a frame after <close/>')
        const text = new TextDecoder('utf-8', { fatal: true }).decode(frame)
        // RFC 7395 §3.3.3: a frame begins with `<` and stands on its own.
        if (!text.startsWith('<') || text.startsWith('<?'))
          throw new FramingWrong(`a frame is one element, not ${text}`)
        const e = parseElement(text, '')
        if (e.ns === FRAMING && e.name === 'open') open(e)
        else if (e.ns === FRAMING && e.name === 'close') {
          ended = true
          end()
        } else element(e)
      },
    }
  },
}
