/** What a top-level element is given to: its name, and where in the text it starts and ends. */
export type OnElement = (name: string, text: string, start: number, end: number) => void

const STREAM = 'stream:stream'

/**
 * Finds the whole elements at the top of a stream and gives how far it came; what remains is to be read again with what
 * comes next. It believes the server: that all is well-formed and that no attribute holds a `>`, as every server writes it.
 */
export function eachElement(text: string, onElement: OnElement): number {
  let at = 0
  for (;;) {
    const start = text.indexOf('<', at)
    if (start === -1) return text.length // whitespace between stanzas
    const close = text.indexOf('>', start)
    if (close === -1) return start
    const name = nameAt(text, start + 1, close)
    const end = isAlone(text, name, close) ? close + 1 : endOf(text, name, close)
    if (end === -1) return start
    onElement(name, text, start, end)
    at = end
  }
}

/** The declaration, the header of the stream, its end tag, and what has no content. */
function isAlone(text: string, name: string, close: number): boolean {
  const before = text.charCodeAt(close - 1)
  return before === 0x2f || before === 0x3f || name === STREAM || name.startsWith('/')
}

function nameAt(text: string, from: number, close: number): string {
  let at = from
  // A name that is written ends at a blank, `/` or `>`; the `/` of an end tag comes first.
  while (at < close && text.charCodeAt(at) > 0x20 && (at === from || text.charCodeAt(at) !== 0x2f)) at++
  return text.slice(from, at)
}

/** Behind the end tag that belongs to the start tag; -1 where it has not come yet. A forwarded stanza is an element within its own kind. */
function endOf(text: string, name: string, close: number): number {
  const tag = `</${name}>`
  let end = text.indexOf(tag, close)
  let from = close
  let open = 1
  while (end !== -1) {
    open += openings(text, name, from, end) - 1
    if (open === 0) return end + tag.length
    from = end + tag.length
    end = text.indexOf(tag, from)
  }
  return -1
}

function openings(text: string, name: string, from: number, to: number): number {
  const tag = `<${name}`
  let count = 0
  for (let at = text.indexOf(tag, from); at !== -1 && at < to; at = text.indexOf(tag, at + tag.length)) {
    const next = text.charCodeAt(at + tag.length)
    if (next !== 0x20 && next !== 0x3e) continue
    if (text.charCodeAt(text.indexOf('>', at) - 1) !== 0x2f) count++
  }
  return count
}

/** The value of an attribute of the element's own tag; undefined where it has none. */
export function attributeAt(text: string, name: string, start: number, end: number): string | undefined {
  const close = text.indexOf('>', start)
  const at = text.indexOf(` ${name}=`, start)
  if (at === -1 || at > close || at > end) return undefined
  const from = at + name.length + 3
  return text.slice(from, text.indexOf(text.charAt(from - 1), from))
}
