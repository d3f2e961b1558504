// Slow: floods.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { OPEN } from '../test/hear.ts'
import { createStreamParser, DEFAULT_LIMITS, type TopElement } from './index.ts'

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

/** Bytes that live on, buffers included, per thing kept. */
function held(count: number, make: () => unknown): number {
  const kept: unknown[] = []
  make()
  const before = used()
  for (let i = 0; i < count; i++) kept.push(make())
  const after = used()
  assert.equal(kept.length, count)
  return (after - before) / count
}

function used(): number {
  assert.ok(typeof collect === 'function')
  // Buffers are freed a little after what refers to them.
  for (let i = 0; i < 4; i++) collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const NOTHING = { open: (): void => undefined, top: (): void => undefined, close: (): void => undefined }

void test('an idle parser holds less than 1 KB, whatever it has read', () => {
  const header = Buffer.from(`<?xml version='1.0'?>${OPEN}`)
  const large = Buffer.from(`<message><body>${'x'.repeat(50_000)}</body></message>`)
  const bytes = held(2000, () => {
    const parser = createStreamParser(DEFAULT_LIMITS, NOTHING)
    parser.write(header)
    parser.write(large.subarray(0, 20_000))
    parser.write(large.subarray(20_000))
    return parser
  })
  assert.ok(bytes < 1024, `${bytes} bytes`)
})

void test('a parser holds no more than twice what it has of an unfinished element', () => {
  const begun = Buffer.from(`${OPEN}<message><body>${'x'.repeat(10_000)}`)
  const bytes = held(500, () => {
    const parser = createStreamParser(DEFAULT_LIMITS, NOTHING)
    for (let at = 0; at < begun.length; at += 100) parser.write(begun.subarray(at, at + 100))
    return parser
  })
  assert.ok(bytes < 21_500, `${bytes} bytes`)
})

const LONG = Array.from({ length: 60 }, (_, i) => `a${i}='${'x'.repeat(1000)}'`).join(' ')
const KEPT: readonly (readonly [string, string, (element: TopElement) => string | undefined])[] = [
  ['content', `<message ${LONG}>content of some length</message>`, ({ inner }) => inner],
  ['content written anew', `<message ${LONG}><![CDATA[content of some length]]></message>`, ({ inner }) => inner],
  ['an attribute', `<m to='romeo@example.net/orchard'>${'x'.repeat(60_000)}</m>`, ({ attrs }) => attrs['to']],
  [
    'an attribute beside content written anew',
    `<m to='romeo@example.net/orchard'><![CDATA[${'x'.repeat(60_000)}]]></m>`,
    ({ attrs }) => attrs['to'],
  ],
]
for (const [what, xml, keep] of KEPT) {
  void test(`what surrounds ${what} is not held by it`, () => {
    const chunk = Buffer.from(`${OPEN}${xml}${'<m/>'.repeat(10)}`)
    const bytes = held(200, () => {
      let kept: string | undefined
      const parser = createStreamParser(DEFAULT_LIMITS, {
        ...NOTHING,
        top: (element) => {
          kept ??= keep(element)
        },
      })
      parser.write(chunk)
      return kept
    })
    assert.ok(bytes < 512, `${bytes} bytes`)
  })
}
