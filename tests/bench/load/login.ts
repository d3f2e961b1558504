import { type ClientStep, clientMechanism, type Derivation, saltPassword } from '@jabiru/sasl'
import { PASSWORD, userName } from './job.ts'
import { type Hear, type Line, SM, say, send } from './line.ts'

const MECHANISM = 'SCRAM-SHA-256'
const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl'
const BIND = 'urn:ietf:params:xml:ns:xmpp-bind'

/** In a WebSocket frame nothing around it says which namespace. RFC 7395 §3.3.3. */
const PRESENCE = `<presence xmlns='jabber:client'/>`

/** An element as it came. */
interface Element {
  readonly name: string
  readonly text: string
}

/** PBKDF2 is the client's own cost: each salt is worked out once. */
const salted = new Map<string, Promise<Uint8Array>>()

function remembered(derivation: Derivation): Promise<Uint8Array> {
  const key = `${derivation.iterations} ${Buffer.from(derivation.salt).toString('base64')}`
  const known = salted.get(key) ?? saltPassword(derivation)
  salted.set(key, known)
  return known
}

/** How somebody comes. */
export interface Coming {
  readonly hear?: Hear | undefined
  readonly resource?: string | undefined
}

/**
 * Logs in on a fresh connection: SCRAM, a resource, stream management, presence. From then on `hear` is told what comes.
 */
export async function logIn(
  line: Line,
  domain: string,
  { hear = line.hear, resource = 'r' }: Coming = {},
): Promise<undefined> {
  const next = elementsOf(line)
  await open(line, domain, next)
  await authenticate(line, next)
  await open(line, domain, next)
  const wish = `<bind xmlns='${BIND}'><resource>${resource}</resource></bind>`
  say(line, `<iq xmlns='jabber:client' type='set' id='b'>${wish}</iq>`)
  expect(await next('iq'), "type='result'", 'type="result"')
  line.received = 0
  line.sent = 0
  say(line, `<enable xmlns='${SM}' resume='true'/>`)
  await next('enabled')
  line.hear = hear
  send(line, PRESENCE)
}

type Next = (...names: readonly string[]) => Promise<Element>

/** Gives one element after another. What is not asked for is passed over: the header, an `r`, what a server says unasked. */
function elementsOf(line: Line): Next {
  const came: Element[] = []
  let waiting: PromiseWithResolvers<undefined> | undefined
  line.hear = (_, name, text, start, end) => {
    came.push({ name, text: text.slice(start, end) })
    waiting?.resolve(undefined)
  }
  void line.closed.then(() =>
    waiting?.reject(new Error(`the connection of user ${line.user} ended while it logged in`)),
  )
  return async (...names) => {
    for (;;) {
      for (let element = came.shift(); element !== undefined; element = came.shift()) {
        if (names.includes(element.name)) return element
        if (BAD.has(element.name)) throw new Error(`login of user ${line.user}: ${element.text}`)
      }
      waiting = Promise.withResolvers()
      await waiting.promise
    }
  }
}

const BAD = new Set(['failure', 'failed', 'stream:error', '/stream:stream'])

function expect({ text }: Element, ...words: readonly string[]): void {
  if (!words.some((word) => text.includes(word))) throw new Error(`not what a login is answered with: ${text}`)
}

async function open(line: Line, domain: string, next: Next): Promise<void> {
  say(line, line.framing.opening(domain))
  await next('stream:features', 'features')
}

async function authenticate(line: Line, next: Next): Promise<void> {
  const first = clientMechanism(MECHANISM, { username: userName(line.user), password: PASSWORD, salt: remembered })
  say(line, `<auth xmlns='${SASL}' mechanism='${MECHANISM}'>${written(first)}</auth>`)
  const second = await first.next(content(await next('challenge')))
  say(line, `<response xmlns='${SASL}'>${written(second)}</response>`)
  second.finish(content(await next('success')))
}

const written = ({ data }: ClientStep): string => Buffer.from(data).toString('base64')

function content({ text }: Element): Uint8Array {
  return Buffer.from(text.slice(text.indexOf('>') + 1, text.lastIndexOf('</')), 'base64')
}
