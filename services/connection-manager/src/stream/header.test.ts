import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StreamFault } from '@jabiru/stanza'
import type { StreamHeader } from '@jabiru/xml'
import { streamFraming } from '../framing/stream.ts'
import { alice, brief, header, localhost, TERMS } from '../testing/streams.ts'
import { initialState, step } from './machine.ts'
import type { StreamAction, StreamState } from './state.ts'

const PLAIN = initialState()
const AUTHENTICATED: StreamState = { at: 'opening', leg: { done: 'sasl', host: localhost, account: alice } }

function openOf(given: StreamHeader): Extract<StreamAction, { do: 'open' }> {
  const [open] = step(PLAIN, { on: 'header', header: given }, TERMS).actions
  assert.ok(open?.do === 'open')
  return open
}

const versions: readonly (readonly [string, string | undefined, string | undefined])[] = [
  ['§4.7.5 the lower version is ours', '1.1', '1.0'],
  ['§4.7.5 numbers are compared and not strings', '10.0', '1.0'],
  ['§4.7.5 the lower version is theirs', '0.9', '0.9'],
  ['§4.7.5 theirs is written without leading zeros', '0.09', '0.9'],
  ['§4.7.5 what is no version is answered with ours', 'one', '1.0'],
  ['§4.7.5 no version is answered with none', undefined, undefined],
]
for (const [name, version, expected] of versions) {
  test(`RFC 6120 ${name}`, () => assert.equal(openOf(header({ version })).version, expected))
}

test('RFC 6120 §4.7.5 a header without version is written without one', () => {
  const { do: _, ...open } = openOf(header({ version: undefined }))
  assert.doesNotMatch(streamFraming.open(open, 'x'), /<stream:stream[^>]* version=/)
})

test('RFC 6120 §4.7.5 where nothing could be read, the header has our version', () => {
  const [open] = step(PLAIN, { on: 'fault', fault: new StreamFault('not-well-formed') }, TERMS).actions
  assert.deepEqual(open, { do: 'open', from: 'localhost', lang: 'en', version: '1.0' })
})

const languages: readonly (readonly [string, string, string | undefined])[] = [
  ['§4.7.4 a language is remembered', 'de', 'de'],
  ['§4.7.4 a language with a region is', 'de-CH-1996', 'de-CH-1996'],
  ['§4.7.4 an empty one is not', '', undefined],
  ['§4.7.4 what is no language is not', `"><x/>`, undefined],
  ['§4.7.4 nor what is too long for one', 'x'.repeat(100), undefined],
]
for (const [name, lang, expected] of languages) {
  test(`RFC 6120 ${name}`, () => {
    const { state } = step(AUTHENTICATED, { on: 'header', header: header({ 'xml:lang': lang }) }, TERMS)
    assert.ok(state.at === 'unbound')
    assert.equal(state.identity.lang, expected)
  })
}

test('RFC 6120 §4.7.4 we answer in the language that we write, whatever theirs is', () => {
  for (const lang of [undefined, 'en', 'en-GB', 'de-CH']) assert.equal(openOf(header({ 'xml:lang': lang })).lang, 'en')
})

test('RFC 6120 §4.7.1 the response comes from the host that was asked for', () => {
  assert.equal(openOf(header({ to: 'EXAMPLE.org' })).from, 'example.org')
})

test('RFC 6120 §4.7.1 a client need not say who it is', () => {
  const { actions } = step(PLAIN, { on: 'header', header: header() }, TERMS)
  assert.deepEqual(brief(actions), ['open', 'features'])
})

test('RFC 6120 §4.3.2 features follow the response header at once', () => {
  const { actions } = step(PLAIN, { on: 'header', header: header() }, TERMS)
  assert.deepEqual(brief(actions), ['open', 'features'])
})

test('RFC 6120 §4.8.5 any prefix of the client for the stream namespace is taken', () => {
  for (const prefix of ['stream', 'flow', ''])
    assert.equal(step(PLAIN, { on: 'header', header: header({}, { prefix }) }, TERMS).state.at, 'unprotected')
})

test('RFC 6120 §4.8.2 the content namespace is that of the client, and is ours too', () => {
  const { do: _, ...open } = openOf(header())
  assert.match(
    streamFraming.open(open, 'x'),
    /^<\?xml version='1.0'\?><stream:stream xmlns='jabber:client' xmlns:stream='http:\/\/etherx.jabber.org\/streams' /,
  )
})

test('RFC 6120 §11.5 a declaration precedes our header, without encoding and standalone', () => {
  const { do: _, ...open } = openOf(header())
  assert.ok(streamFraming.open(open, 'x').startsWith(`<?xml version='1.0'?><stream:stream `))
})
