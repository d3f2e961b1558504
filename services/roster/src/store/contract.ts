import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BareJid, parseBareJid } from '@jabiru/jid'
import { NS, stanza } from '@jabiru/stanza'
import { el } from '@jabiru/xml'
import { blankItem, EMPTY, type Item } from '../roster.ts'
import type { RosterStore } from './store.ts'

/** A store in which romeo has an account and partition 3 is leased under a token. */
export interface OpenStore {
  readonly store: RosterStore
  readonly token: number
  /** Somebody else takes the lease. */
  readonly takeOver: () => Promise<void>
  /** Romeo's account is being removed. */
  readonly close: () => Promise<void>
}

const romeo = parseBareJid('romeo@montague.example')
const juliet = parseBareJid('juliet@capulet.example')
const nurse = parseBareJid('nurse@capulet.example')

const item = (jid: BareJid, ver: number, changes: Partial<Item> = {}): Item => ({ ...blankItem(jid), ver, ...changes })
const request = stanza(
  { name: 'presence', type: 'subscribe', id: "it's", from: juliet, to: romeo, lang: 'en' },
  el('status', NS.client, {}, 'a < b'),
)

/** What every store of rosters does. */
export function rosterContract(name: string, open: () => Promise<OpenStore>): void {
  const title = (text: string) => `[${name}] ${text}`

  void test(title('an account without contacts has an empty roster, and nobody has none'), async () => {
    const { store } = await open()
    assert.deepEqual(await store.read(romeo), EMPTY)
    assert.equal(await store.read(parseBareJid('nobody@montague.example')), undefined)
  })

  void test(title('an item comes back as it was written, and its version with it'), async () => {
    const { store, token } = await open()
    const full = item(juliet, 7, {
      name: 'My "Juliet" \\',
      groups: ['Friends', 'a,b', '{"}', ''],
      subscription: 'both',
      ask: false,
      approved: true,
    })
    assert.equal(await store.write({ part: 3, token }, romeo, { contact: juliet, ver: 7, item: full }), 'written')
    const roster = await store.read(romeo)
    assert.equal(roster?.ver, 7)
    assert.deepEqual(roster?.items.get(juliet), full)
  })

  void test(title('the same change twice is one change'), async () => {
    const { store, token } = await open()
    const change = { contact: juliet, ver: 7, item: item(juliet, 7) }
    await store.write({ part: 3, token }, romeo, change)
    assert.equal(await store.write({ part: 3, token }, romeo, change), 'written')
    assert.equal((await store.read(romeo))?.items.size, 1)
  })

  void test(title('a removal is remembered with its version, until it is forgotten or undone'), async () => {
    const { store, token } = await open()
    const lease = { part: 3, token }
    for (const [jid, ver] of [
      [juliet, 1],
      [nurse, 2],
    ] as const)
      await store.write(lease, romeo, { contact: jid, ver, item: item(jid, ver) })
    await store.write(lease, romeo, { contact: juliet, ver: 3, item: 'removed' })
    assert.deepEqual([...((await store.read(romeo))?.removed ?? [])], [[juliet, 3]])
    await store.write(lease, romeo, { contact: nurse, ver: 4, item: 'removed', forget: 3 })
    const roster = await store.read(romeo)
    assert.deepEqual([...(roster?.removed ?? [])], [[nurse, 4]])
    assert.equal(roster?.forgotten, 3)
    await store.write(lease, romeo, { contact: nurse, ver: 5, item: item(nurse, 5) })
    const again = await store.read(romeo)
    assert.deepEqual([again?.removed.size, again?.items.size, again?.ver, again?.forgotten], [0, 1, 5, 3])
  })

  void test(title('RFC 6121 §3.1.3 a request is kept whole until it is answered'), async () => {
    const { store, token } = await open()
    const lease = { part: 3, token }
    await store.write(lease, romeo, { contact: juliet, ver: 0, request })
    const roster = await store.read(romeo)
    assert.deepEqual(roster?.requests.get(juliet), request)
    assert.equal(roster?.ver, 0)
    await store.write(lease, romeo, { contact: juliet, ver: 0, request: 'answered' })
    assert.equal((await store.read(romeo))?.requests.size, 0)
  })

  void test(title('an item and the answer to its request are committed together'), async () => {
    const { store, token } = await open()
    const lease = { part: 3, token }
    await store.write(lease, romeo, { contact: juliet, ver: 0, request })
    const from = item(juliet, 9, { subscription: 'from' })
    await store.write(lease, romeo, { contact: juliet, ver: 9, item: from, request: 'answered' })
    const roster = await store.read(romeo)
    assert.deepEqual([roster?.requests.size, roster?.items.get(juliet)], [0, from])
  })

  void test(title('an owner whose token has gone writes nothing'), async () => {
    const { store, token, takeOver } = await open()
    await takeOver()
    const lease = { part: 3, token }
    assert.equal(await store.write(lease, romeo, { contact: juliet, ver: 1, item: item(juliet, 1) }), 'fenced')
    assert.equal(await store.write(lease, romeo, { contact: juliet, ver: 0, request }), 'fenced')
    assert.equal(await store.erase(lease, romeo), 'fenced')
    assert.deepEqual(await store.read(romeo), EMPTY)
  })

  void test(title('what is erased is gone'), async () => {
    const { store, token, close } = await open()
    const lease = { part: 3, token }
    await store.write(lease, romeo, { contact: juliet, ver: 1, item: item(juliet, 1) })
    await store.write(lease, romeo, { contact: nurse, ver: 1, request: { ...request, from: nurse } })
    assert.equal(await store.erase(lease, romeo), 'written')
    assert.equal((await store.read(romeo))?.items.size, 1, 'it lives')
    await close()
    assert.equal(await store.erase(lease, romeo), 'written')
    assert.deepEqual(await store.read(romeo), EMPTY)
  })
}
