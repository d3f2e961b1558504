/** Prints how much one CPU-second parses: `node packages/xml/scripts/bench.ts [seconds per row]`. */
import { spawnSync } from 'node:child_process'
import { SaxesParser } from 'saxes'
import { createStreamParser, DEFAULT_LIMITS, parseElement, serialize } from '../src/index.ts'

const OPEN = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
const COUNT = 1000
const seconds = Number(process.argv[2] ?? 2)

const stanzas: Readonly<Record<string, readonly string[]>> = {
  'messages of about 200 bytes': [
    "<message to='romeo@example.net/orchard' id='ktx72v49' type='chat' xml:lang='en'><body>Art thou not Romeo, and a Montague?</body><active xmlns='http://jabber.org/protocol/chatstates'/><x n='1'/></message>",
    "<message to='juliet@example.com' id='a1' type='chat'><body>Neither, fair saint, if either thee dislike.</body><request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/></message>",
    "<presence to='room@muc.example.com/nick'><show>away</show><status>gone for lunch &amp; tea</status><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='http://n.example/' ver='q07IKJEyjvHSyhy//CH0CxmKi8w='/></presence>",
    "<iq id='p-17' type='get' to='example.com'><ping xmlns='urn:xmpp:ping'/></iq>",
  ],
  'the same, in other scripts': [
    "<message to='romeo@example.net/orchard' id='ktx72v49' type='chat' xml:lang='ru'><body>Ромео, как мне жаль, что ты Ромео! Отринь отца да имя измени \u{1F339}</body><active xmlns='http://jabber.org/protocol/chatstates'/></message>",
  ],
  'a message of 20 KB': [
    `<message to='a@b'><body>${'Two households, both alike in dignity. '.repeat(512)}</body></message>`,
  ],
  'content that is written anew': [
    "<message to='romeo@example.net/orchard' id='ktx72v49' type='chat'><body><![CDATA[Art thou not Romeo, and a Montague?]]></body><active xmlns='http://jabber.org/protocol/chatstates'/></message>",
  ],
}

/** Runs for some seconds of CPU time and returns the rounds per CPU-second. */
function rate(round: () => void): number {
  for (let i = 0; i < 20; i++) round()
  const start = process.cpuUsage()
  let rounds = 0
  let used = 0
  while (used < seconds * 1e6) {
    round()
    rounds++
    const { user, system } = process.cpuUsage(start)
    used = user + system
  }
  return rounds / (used / 1e6)
}

function report(what: string, perSecond: number): void {
  process.stdout.write(`  ${what.padEnd(36)} ${Math.round(perSecond).toLocaleString('en').padStart(12)}\n`)
}

function stream(bytes: Uint8Array, chunk: number): () => void {
  return () => {
    const parser = createStreamParser(DEFAULT_LIMITS, {
      open: () => undefined,
      top: () => undefined,
      close: () => undefined,
    })
    for (let at = 0; at < bytes.length; at += chunk) parser.write(bytes.subarray(at, at + chunk))
  }
}

/** What is measured with the stanzas of one kind. */
function rows(kinds: readonly string[]): Readonly<Record<string, () => void>> {
  const list = Array.from({ length: COUNT }, (_, i) => kinds[i % kinds.length] ?? '')
  const bytes = Buffer.from(`${OPEN}${list.join('')}</stream:stream>`)
  const trees = list.map((text) => parseElement(text, 'jabber:client'))
  return {
    'one chunk of 64 KB after another': stream(bytes, 65_536),
    'chunks of 100 bytes': stream(bytes, 100),
    'chunks of 1 byte': stream(bytes, 1),
    'saxes alone': () => {
      const parser = new SaxesParser({ xmlns: true, position: false })
      parser.on('opentag', () => undefined)
      parser.on('text', () => undefined)
      parser.on('closetag', () => undefined)
      parser.write(new TextDecoder('utf-8', { fatal: true }).decode(bytes)).close()
    },
    parseElement: () => {
      for (const text of list) parseElement(text, 'jabber:client')
    },
    serialize: () => {
      for (const tree of trees) serialize(tree, 'jabber:client')
    },
  }
}

// Every row has a process of its own: what one makes of the engine's caches must not slow the next.
const [kind, row] = process.argv.slice(3)
if (kind !== undefined && row !== undefined) {
  const round = rows(stanzas[kind] ?? [])[row]
  if (round !== undefined) report(row, COUNT * rate(round))
} else {
  for (const [kind, texts] of Object.entries(stanzas)) {
    const average = Math.round(texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / texts.length)
    process.stdout.write(`${kind} (${average} bytes), stanzas per CPU-second\n`)
    for (const row of Object.keys(rows(texts))) {
      spawnSync(process.execPath, [process.argv[1] ?? '', String(seconds), kind, row], { stdio: 'inherit' })
    }
  }
}
