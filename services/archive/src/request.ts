import type { BareJid, FullJid } from '@jabiru/jid'
import { NS_MAM } from '@jabiru/protocol'
import { payloadsOf, Refusal, resultReply, type Stanza } from '@jabiru/stanza'
import type { Element } from '@jabiru/xml'
import type { ArchiveConfig } from './config.ts'
import { renderMetadata } from './metadata.ts'
import { type Preferences, parsePreferences, renderPreferences } from './preferences/preferences.ts'
import { parseQuery, renderFin, renderResult } from './query/codec.ts'
import { renderQueryForm } from './query/form.ts'
import { readPage } from './query/read.ts'
import type { ArchiveStore } from './store/store.ts'

/** An iq of an account's client about its archive, stamped with the client's address. */
export interface Request {
  readonly account: BareJid
  readonly asker: FullJid
  readonly iq: Stanza
}

export interface RequestDeps {
  readonly store: ArchiveStore
  readonly config: ArchiveConfig
  /** Settles when the preferences are committed, and obeyed by who writes the archive. */
  readonly prefer: (account: BareJid, preferences: Preferences) => Promise<void>
}

/** What the asker is given, in this order: the messages of a page, then the result of the iq. Throws Refusal. */
type Answer = (deps: RequestDeps, request: Request, payload: Element) => Promise<readonly Stanza[]>

const result = (request: Request, ...payloads: readonly Element[]) => [
  resultReply({ ...request.iq, from: request.asker }, ...payloads),
]

/** XEP-0313 §4: results, then their end. */
const answerQuery: Answer = async ({ store, config }, request, payload) => {
  const query = parseQuery(payload)
  const { rows, page, complete } = await readPage({ store, config }, request.account, query)
  const results = rows.map((row) => renderResult(request.account, request.asker, query, row))
  return [...results, ...result(request, renderFin(page, complete))]
}

const answerForm: Answer = (_, request) => Promise.resolve(result(request, renderQueryForm()))

const answerMetadata: Answer = async ({ store }, request) =>
  result(request, renderMetadata(await store.ends(request.account)))

const tellPreferences: Answer = async ({ store }, request) =>
  result(request, renderPreferences(await store.preferences(request.account)))

/** XEP-0441 §2.1: answered with what applies from now on. */
const setPreferences: Answer = async ({ prefer, config }, request, payload) => {
  const preferences = parsePreferences(payload, config.preferenceJids)
  await prefer(request.account, preferences)
  return result(request, renderPreferences(preferences))
}

const ANSWERS: readonly { readonly type: string; readonly name: string; readonly answer: Answer }[] = [
  { type: 'set', name: 'query', answer: answerQuery },
  { type: 'get', name: 'query', answer: answerForm },
  { type: 'get', name: 'metadata', answer: answerMetadata },
  { type: 'get', name: 'prefs', answer: tellPreferences },
  { type: 'set', name: 'prefs', answer: setPreferences },
]

/** Answers a request. Throws Refusal. */
export async function answerRequest(deps: RequestDeps, request: Request): Promise<readonly Stanza[]> {
  const [payload] = payloadsOf(request.iq)
  const known = ANSWERS.filter(({ name }) => payload?.ns === NS_MAM && payload.name === name)
  if (payload === undefined || known.length === 0) throw new Refusal('feature-not-implemented')
  const route = known.find(({ type }) => type === request.iq.type)
  if (route === undefined) throw new Refusal('bad-request', { text: 'that is asked with the other type of iq' })
  return route.answer(deps, request, payload)
}
