import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Decision, Resource } from './decision.ts'
import { type MessageType, routeMessage } from './message.ts'

const balcony: Resource = { resource: 'balcony', available: true, priority: 5 }
const chamber: Resource = { resource: 'chamber', available: true, priority: 0 }
const garden: Resource = { resource: 'garden', available: true, priority: -1 }
const tomb: Resource = { resource: 'tomb', available: false, priority: 0 }

const TYPES = ['normal', 'chat', 'groupchat', 'headline', 'error'] as const

function word(d: Decision<Resource>): string {
  return d.do === 'deliver' ? d.to.map((r) => r.resource).join(' ') : d.do
}

// One row per row of RFC 6121 §8.5.4, Table 1, with the alternatives it allows for each type; error is from the prose.
const ROWS: readonly (readonly [
  string,
  boolean,
  readonly Resource[],
  string | undefined,
  Record<MessageType, string>,
])[] = [
  [
    'RFC 6121 §8.5.4 account does not exist, bare',
    false,
    [],
    undefined,
    { normal: 'refuse', chat: 'refuse', groupchat: 'refuse', headline: 'drop', error: 'drop' },
  ],
  [
    'RFC 6121 §8.5.4 account does not exist, full',
    false,
    [],
    'balcony',
    { normal: 'refuse', chat: 'refuse', groupchat: 'refuse', headline: 'drop', error: 'drop' },
  ],
  [
    'RFC 6121 §8.5.4 no active resources, bare',
    true,
    [],
    undefined,
    { normal: 'store', chat: 'store', groupchat: 'refuse', headline: 'drop', error: 'drop' },
  ],
  [
    'RFC 6121 §8.5.4 no active resources, full without a match',
    true,
    [],
    'balcony',
    { normal: 'refuse', chat: 'store', groupchat: 'refuse', headline: 'drop', error: 'drop' },
  ],
  [
    'RFC 6121 §8.5.4 negative resources only, bare',
    true,
    [garden],
    undefined,
    { normal: 'store', chat: 'store', groupchat: 'refuse', headline: 'drop', error: 'drop' },
  ],
  [
    'RFC 6121 §8.5.4 negative resources only, full match',
    true,
    [garden],
    'garden',
    { normal: 'garden', chat: 'garden', groupchat: 'garden', headline: 'garden', error: 'garden' },
  ],
  [
    'RFC 6121 §8.5.4 negative resources only, full without a match',
    true,
    [garden],
    'balcony',
    { normal: 'refuse', chat: 'store', groupchat: 'refuse', headline: 'drop', error: 'drop' },
  ],
  [
    'RFC 6121 §8.5.4 one non-negative resource, bare',
    true,
    [balcony],
    undefined,
    { normal: 'balcony', chat: 'balcony', groupchat: 'refuse', headline: 'balcony', error: 'drop' },
  ],
  [
    'RFC 6121 §8.5.4 one non-negative resource, full match',
    true,
    [balcony],
    'balcony',
    { normal: 'balcony', chat: 'balcony', groupchat: 'balcony', headline: 'balcony', error: 'balcony' },
  ],
  [
    'RFC 6121 §8.5.4 one non-negative resource, full without a match',
    true,
    [balcony],
    'chamber',
    { normal: 'refuse', chat: 'balcony', groupchat: 'refuse', headline: 'drop', error: 'drop' },
  ],
  [
    'RFC 6121 §8.5.4 several non-negative resources, bare',
    true,
    [balcony, chamber, garden],
    undefined,
    {
      normal: 'balcony chamber',
      chat: 'balcony chamber',
      groupchat: 'refuse',
      headline: 'balcony chamber',
      error: 'drop',
    },
  ],
  [
    'RFC 6121 §8.5.4 several non-negative resources, full match',
    true,
    [balcony, chamber, garden],
    'chamber',
    { normal: 'chamber', chat: 'chamber', groupchat: 'chamber', headline: 'chamber', error: 'chamber' },
  ],
  [
    'RFC 6121 §8.5.4 several non-negative resources, full without a match',
    true,
    [balcony, chamber, garden],
    'tomb',
    { normal: 'refuse', chat: 'balcony chamber', groupchat: 'refuse', headline: 'drop', error: 'drop' },
  ],
  [
    'RFC 6121 §8.5.3.1 a full JID matches a connected resource that is not available',
    true,
    [tomb],
    'tomb',
    { normal: 'tomb', chat: 'tomb', groupchat: 'tomb', headline: 'tomb', error: 'tomb' },
  ],
  [
    'RFC 6121 §8.5.2.2.1 a connected resource that is not available takes nothing sent to the bare JID',
    true,
    [tomb],
    undefined,
    { normal: 'store', chat: 'store', groupchat: 'refuse', headline: 'drop', error: 'drop' },
  ],
  [
    'RFC 6121 §8.5.2.1.1 a negative priority takes nothing sent to the bare JID, whatever the type',
    true,
    [garden, tomb],
    undefined,
    { normal: 'store', chat: 'store', groupchat: 'refuse', headline: 'drop', error: 'drop' },
  ],
]

for (const [title, accountExists, resources, resource, expected] of ROWS) {
  for (const type of TYPES) {
    void test(`${title}: ${type}`, () => {
      assert.equal(word(routeMessage(type, { accountExists, resources, resource })), expected[type])
    })
  }
}

void test('the decision names the row it came from', () => {
  const target = { accountExists: true, resources: [balcony], resource: undefined }
  assert.equal(routeMessage('chat', target).rule, 'message/non-negative/bare/chat')
  assert.equal(routeMessage('chat', { ...target, accountExists: false }).rule, 'message/no-account-bare/chat')
})

void test('RFC 6121 §8.5.4 what is refused is refused with service-unavailable', () => {
  const decision = routeMessage('groupchat', { accountExists: true, resources: [balcony], resource: undefined })
  assert.deepEqual(decision, {
    do: 'refuse',
    rule: 'message/non-negative/bare/groupchat',
    condition: 'service-unavailable',
  })
})
