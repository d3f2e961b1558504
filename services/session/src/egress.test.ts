import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDomain, parseFullJid } from '@jabiru/jid'
import { NS, stanza } from '@jabiru/stanza'
import type { Endpoint, OwnerEnvelope } from '@jabiru/wire'
import { el } from '@jabiru/xml'
import { createEgress } from './egress.ts'

const from = parseFullJid('romeo@localhost/phone')
const to = parseFullJid('juliet@localhost/desk')

function wire() {
  const sent: { readonly envelope: OwnerEnvelope; readonly commit: () => void }[] = []
  const endpoint: Pick<Endpoint, 'partitionOf' | 'send' | 'postDown' | 'sendDown'> = {
    partitionOf: () => 0,
    send: (_group, _part, envelope) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- session sends nothing else
      sent.push({ envelope: envelope as OwnerEnvelope, commit: resolve })
      return promise
    },
    postDown: (_cm, _envelope, settled) => settled(),
    sendDown: () => Promise.resolve(),
  }
  const onUndeliverable = (fault: unknown) => assert.ifError(fault)
  const egress = createEgress({ endpoint, domains: [parseDomain('localhost')], downBytes: 1_000_000, onUndeliverable })
  return { egress, sent }
}

const says = (text: string) => stanza({ name: 'message', type: 'chat', from, to }, el('body', NS.client, {}, text))
const answers = (id: string) => stanza({ name: 'iq', type: 'error', id, from, to })

test('what is on its way is not sent beside itself, and each who sent it learns that it is committed', async () => {
  const { egress, sent } = wire()
  const both = [egress.route(says('a'), 'id1'), egress.route(says('a'), 'id1')]
  egress.route(says('b'), 'id2').catch(assert.ifError)
  const answered = [egress.route(answers('q1')), egress.route(answers('q1')), egress.route(answers('q2'))]
  assert.equal(sent.length, 4)
  for (const { commit } of sent) commit()
  await Promise.all([...both, ...answered])
  egress.route(says('a'), 'id1').catch(assert.ifError)
  assert.equal(sent.length, 5)
})

test('what has no id is sent each time', () => {
  const { egress, sent } = wire()
  for (const s of [
    says('a'),
    says('a'),
    stanza({ name: 'presence', from, to }),
    stanza({ name: 'presence', from, to }),
  ])
    egress.route(s).catch(assert.ifError)
  assert.equal(sent.length, 4)
})
