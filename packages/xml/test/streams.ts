import { OPEN } from './hear.ts'
import type { Random } from './random.ts'

const RECORDED: readonly [string, ...string[]] = [
  `<?xml version='1.0'?>${OPEN}<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`,
  `<?xml version="1.0" encoding="UTF-8"?>\n${OPEN}<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGp1bGlldAByMG0zMG15cjBtMzA=</auth>`,
  `${OPEN}<iq id='1' type='set'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>balcony</resource></bind></iq> <presence/></stream:stream>`,
  `${OPEN}<message to='romeo@example.net' xml:lang='en'><body>Art thou &lt;not&gt; Romeo &amp; a "Montague"?</body><x xmlns='u'><y/></x></message>\n<message><body>\u{1F339} é \u00A0]] &#x1F600;</body></message>`,
  `${OPEN}<message a='1>2' b="it's" c='say "hi"'><b><![CDATA[<not> & ]] > a tag]]></b></message ><stream:error><e xmlns='urn:e'/></stream:error></stream:stream >`,
  "<s:stream xmlns:s='urn:s' xmlns:db='urn:db' xmlns='urn:c'><db:result from='a' to='b'>key</db:result><x p:a='1' xmlns:p='urn:p'><p:y xmlns='' q='&#10;&quot;'><z/></p:y></x></s:stream>",
  "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.com' version='1.0'/>",
]

const NAMES: readonly [string, ...string[]] = ['a', 'b', 'message', 'body', 'é', 'a-1', '_', 'x.y']
const PREFIXES: readonly [string, ...string[]] = ['', '', '', '', 'p:', 'q:', 'stream:', 'xml:']
const URIS: readonly [string, ...string[]] = [
  'urn:1',
  'urn:2',
  'jabber:client',
  'http://etherx.jabber.org/streams',
  'urn:é',
]
const TEXTS: readonly [string, ...string[]] = [
  'text',
  ' ',
  '\n',
  '\r\n',
  '&amp;',
  '&#65;',
  '&#xe9;',
  'é',
  '\u{1F600}',
  ']]',
  '>',
  '"',
  "'",
  '<![CDATA[<a>&]]>',
  '<![CDATA[]]]]>',
  '\uFEFF',
]
const VALUES: readonly [string, ...string[]] = [
  '',
  '1',
  '>',
  '/>',
  ' a ',
  '\t',
  '\n',
  '&lt;',
  '&apos;&quot;',
  'é',
  '&#10;',
  '\u{1F600}',
  ']]>',
]
/** What breaks things in the right place. */
const TOKENS: readonly [string, ...string[]] = [
  '<',
  '>',
  '/>',
  '</',
  '</a>',
  '<a>',
  '<a/>',
  '<!--',
  '-->',
  '<!',
  '<![CDATA[',
  ']]>',
  ']]',
  '<?',
  '?>',
  '<?xml ',
  '<?xml version="1.0"?>',
  '<!DOCTYPE a>',
  '&',
  ';',
  '&lol;',
  '&amp;',
  '&#0;',
  '&#32;',
  '&#xD800;',
  '&#x',
  '"',
  "'",
  '=',
  ' ',
  '/',
  ':',
  'a:',
  "xmlns='urn:1' ",
  "xmlns=''",
  " xmlns:p='urn:1' ",
  "xmlns:p=''",
  " xmlns:xml='u' ",
  " xmlns:xmlns='u' ",
  " id='1' ",
  " id='2' ",
  '\0',
  '\u0001',
  '\t',
  '\r',
  '\uFFFE',
  '\uFFFF',
  '\uFEFF',
  '\u00A0',
  '\u2028',
  '}',
  '{',
  '1',
  '-',
  '</stream:stream>',
  OPEN,
]

/** A stream of random elements, namespaces and text; most are well-formed, some are not for the sake of a prefix. */
export function generated(random: Random): string {
  let xml = random.once(2) ? OPEN : `<stream:stream xmlns:stream='urn:2' xmlns:p='urn:1' xmlns:q='urn:2'>`
  for (let n = random.below(4); n >= 0; n--) xml += element(random, 0) + random.pick(['', ' ', '\n'])
  return random.once(2) ? `${xml}</stream:stream>` : xml
}

/** A recorded or generated stream. */
export function someStream(random: Random): string {
  return random.once(3) ? generated(random) : random.pick(RECORDED)
}

function element(random: Random, depth: number): string {
  const name = (random.once(3) ? random.pick(PREFIXES) : '') + random.pick(NAMES)
  const open = `<${name}${declarations(random)}${attributes(random)}${random.once(8) ? ' ' : ''}`
  if (random.once(4)) return `${open}/>`
  let content = ''
  for (let n = random.below(depth > 3 ? 2 : 4); n > 0; n--) {
    content += random.once(2) ? random.pick(TEXTS) : element(random, depth + 1)
  }
  return `${open}>${content}</${name}${random.once(8) ? '\n' : ''}>`
}

function declarations(random: Random): string {
  let xml = ''
  if (random.once(3)) xml += ` xmlns='${random.once(6) ? '' : random.pick(URIS)}'`
  if (random.once(3)) xml += ` xmlns:p='${random.pick(URIS)}'`
  if (random.once(6)) xml += ` xmlns:q="${random.pick(URIS)}"`
  return xml
}

function attributes(random: Random): string {
  let xml = ''
  for (let n = random.below(3); n > 0; n--) {
    const name =
      (random.once(4) ? random.pick(PREFIXES) : '') + random.pick(['id', 'to', 'a', 'b', 'c', 'd', 'e', 'lang'])
    const quote = random.pick(["'", '"'])
    xml += `${random.pick([' ', ' ', '\r\n\t'])}${name}${random.once(9) ? ' = ' : '='}${quote}${random.pick(VALUES)}${quote}`
  }
  return xml
}

/** The bytes with one to four things wrong. */
export function mutated(stream: string, random: Random): Buffer {
  let bytes = Buffer.from(stream)
  for (let n = random.pick([0, 0, 1, 3]); n >= 0; n--) bytes = Buffer.from(mutation(bytes, random))
  return bytes
}

function mutation(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1)
  const to = at + random.below(Math.min(40, bytes.length + 1 - at))
  const [before, piece, after] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)]
  const further = random.below(after.length + 1)
  switch (random.below(8)) {
    case 0:
      return Buffer.concat([before, piece.map((byte, i) => (i === 0 ? byte ^ (1 << random.below(8)) : byte)), after])
    case 1:
      return Buffer.concat([before, after])
    case 2:
      return Buffer.concat([before, piece, piece, after])
    case 3:
      return Buffer.concat([before, after.subarray(0, further), piece, after.subarray(further)])
    case 4:
      return Buffer.concat([before, Uint8Array.of(random.below(256)), piece, after])
    case 5:
      return before
    case 6:
      return Buffer.concat([before, Buffer.from(someStream(random)).subarray(random.below(60)), after])
    default:
      return Buffer.concat([before, Buffer.from(random.pick(TOKENS)), piece, after])
  }
}

/** The bytes cut into chunks at random places. */
export function cut(bytes: Uint8Array, random: Random): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const to = at + 1 + random.below(random.pick([1, 8, 64, 512]))
    chunks.push(bytes.subarray(at, to))
    at = to
  }
  return chunks
}
