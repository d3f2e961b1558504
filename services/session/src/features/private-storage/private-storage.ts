import { defineFeature } from '@jabiru/runtime'
import { Refusal } from '@jabiru/stanza'
import { NotOwner } from '@jabiru/wire'
import { children, DEFAULT_LIMITS, type Element, el, parseElement, serialize } from '@jabiru/xml'
import type { IqRequest, SessionFeature } from '../../feature.ts'
import { inTurn } from '../../turns.ts'
import type { Kept, Name, PrivateDataStore } from './store.ts'

export const NS_PRIVATE = 'jabber:iq:private'

export interface PrivateStorageDeps {
  readonly store: PrivateDataStore
  /** Of all that an account keeps. */
  readonly mostBytes: number
}

const isNamed =
  ({ ns, name }: Name) =>
  (other: Name) =>
    other.ns === ns && other.name === name

const isEmpty = (e: Element) => e.children.length === 0 && Object.keys(e.attrs).length === 0

/** XEP-0049 §2.3: what is asked for or kept has a namespace of its own. Throws Refusal. */
function contentOf({ payload }: IqRequest): readonly Element[] {
  const elements = children(payload)
  if (elements.length === 0) throw new Refusal('not-acceptable', { text: 'an element is asked for, or kept' })
  if (elements.some(({ ns }) => ns === '' || ns === NS_PRIVATE))
    throw new Refusal('not-acceptable', { text: 'what is kept has a namespace of its own' })
  return elements
}

/** Elements of one name are kept together. */
function namesOf(elements: readonly Element[]): readonly Name[] {
  return elements.filter((e, i) => elements.findIndex(isNamed(e)) === i).map(({ ns, name }) => ({ ns, name }))
}

function keptOf(name: Name, elements: readonly Element[]): Kept {
  const xml = serialize(el('query', NS_PRIVATE, {}, ...elements.filter(isNamed(name))), '')
  // What cannot be read again is not kept.
  if (Buffer.byteLength(xml) > DEFAULT_LIMITS.bytes) throw tooMuch(DEFAULT_LIMITS.bytes)
  return { ...name, xml }
}

const tooMuch = (most: number) => new Refusal('resource-constraint', { text: `at most ${most} bytes can be kept` })

/** XEP-0049: XML that an account's clients keep for each other, bookmarks and notes among it. Nobody else reads it. */
export const privateStorage = ({ store, mostBytes }: PrivateStorageDeps): SessionFeature => {
  const tell = async (request: IqRequest) => {
    const names = namesOf(contentOf(request))
    // XEP-0049 §2.3.
    if (names.some(({ ns }) => ns !== names[0]?.ns))
      throw new Refusal('bad-request', { text: 'one namespace is asked for at a time' })
    const known = await inTurn(request.account, () => store.read(request.account, names))
    const elements = names.flatMap((name) => {
      const kept = known.find(isNamed(name))
      return kept === undefined ? [el(name.name, name.ns)] : children(parseElement(kept.xml, NS_PRIVATE))
    })
    return [el('query', NS_PRIVATE, {}, ...elements)]
  }

  const keep = async (request: IqRequest) => {
    const { account } = request
    const elements = contentOf(request)
    const names = namesOf(elements)
    const full = names.filter((name) => elements.some((e) => isNamed(name)(e) && !isEmpty(e)))
    const kept = full.map((name) => keptOf(name, elements))
    const bytes = kept.reduce((sum, { xml }) => sum + Buffer.byteLength(xml), 0)
    await inTurn(account, async () => {
      if (bytes > 0 && bytes + (await store.bytesBeside(account, names)) > mostBytes) throw tooMuch(mostBytes)
      // An empty element is what one is told where nothing is kept.
      const gone = names.filter((name) => !full.includes(name))
      if ((await store.write(account, { kept, gone })) === 'fenced') throw new NotOwner(`${account.jid} has moved`)
    })
    return []
  }

  const route = { name: 'query', ns: NS_PRIVATE, at: ['own-account'] } as const
  return defineFeature({
    name: 'private-storage',
    specs: [{ doc: 'XEP-0049', version: '1.2', status: 'complete' }],
    disco: [NS_PRIVATE],
    accountDisco: [NS_PRIVATE],
    iq: [
      { ...route, type: 'get', answer: tell },
      { ...route, type: 'set', answer: keep },
    ],
  })
}
