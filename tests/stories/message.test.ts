import assert from 'node:assert/strict'
import { any, xml } from '@jabiru/testkit'
import { story } from './stage.ts'
import { stanzaError } from './words.ts'

story(
  'RFC 6121 §8.5.3.1 — a message to a full address reaches that resource and no other',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.phone.comesOnline()
    await juliet.laptop.comesOnline()
    romeo.sends(xml`<message to="${juliet.laptop}" type="chat" id="m1"><body>O, speak again</body></message>`)
    await juliet.laptop.receives(
      xml`<message from="${romeo.phone}" to="${juliet.laptop}" type="chat" id="m1"><body>O, speak again</body></message>`,
    )
    await juliet.phone.receivesNothingElse({ after: [romeo.phone] })
  },
)

story(
  'RFC 6121 §8.5.2.1.1 — a message to a bare address reaches the resource, and `to` stays as it is',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    for (const type of ['chat', 'normal', 'headline']) {
      romeo.sends(xml`<message to="${juliet}" type="${type}"><body>${type}</body></message>`)
      await juliet.receives(xml`<message from="${romeo.phone}" to="${juliet}"><body>${type}</body></message>`)
    }
  },
)

story('RFC 6121 §8.5.2.1.1 — a headline reaches every resource of non-negative priority', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.phone.comesOnline()
  await juliet.laptop.comesOnline()
  romeo.sends(xml`<message to="${juliet}" type="headline"><body>A plague!</body></message>`)
  await juliet.phone.receives(xml`<message from="${romeo.phone}"><body>A plague!</body></message>`)
  await juliet.laptop.receives(xml`<message from="${romeo.phone}"><body>A plague!</body></message>`)
})

story('RFC 6121 §8.5.2.1.1 — a groupchat message to a bare address is refused', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  romeo.sends(xml`<message to="${juliet}" type="groupchat" id="m1"><body>all</body></message>`)
  await romeo.receives(
    xml`<message from="${juliet}" type="error" id="m1">${stanzaError('service-unavailable')}</message>`,
  )
  await juliet.receivesNothingElse({ after: [romeo] })
})

story('RFC 6121 §8.5.2.1.1 — an error to a bare address is dropped without an answer', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  romeo.sends(xml`<message to="${juliet}" type="error" id="m1">${stanzaError('service-unavailable')}</message>`)
  await juliet.receivesNothingElse({ after: [romeo] })
  await romeo.receivesNothingElse({ after: [juliet] })
})

story(
  'RFC 6121 §8.5.3.2.1 — a chat message to a resource that is gone reaches one that is there',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.phone.comesOnline()
    romeo.sends(xml`<message to="${juliet.jid}/balcony" type="chat"><body>still there?</body></message>`)
    await juliet.phone.receives(xml`<message from="${romeo.phone}"><body>still there?</body></message>`)
  },
)

story('RFC 6121 §8.5.1 — a message to nobody is refused', async ({ romeo, house }) => {
  await romeo.comesOnline()
  const nobody = `nobody@${house.domain}`
  romeo.sends(xml`<message to="${nobody}" type="chat" id="m1"><body>hello?</body></message>`)
  await romeo.receives(
    xml`<message from="${nobody}" type="error" id="m1">${stanzaError('service-unavailable')}</message>`,
  )
})

story('RFC 6120 §8.1.1.1 — a message without `to` goes to the account itself', async ({ romeo }) => {
  await romeo.comesOnline()
  romeo.sends(xml`<message type="chat" id="m1"><body>note to self</body></message>`)
  await romeo.receives(xml`<message from="${romeo.phone}" id="m1"><body>note to self</body></message>`)
})

story('RFC 6120 §8.1.2.1 — a client cannot speak in the name of another', async ({ romeo, juliet, tybalt }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  tybalt.phone.answersRequests(true)
  romeo.sends(xml`<message from="${tybalt}/x" to="${juliet}" type="chat"><body>I am Tybalt</body></message>`)
  // Either the server stamps the true sender, or it ends the stream with invalid-from.
  const refused = romeo.phone.receivesStreamError('invalid-from').then(() => 'refused')
  const stamped = juliet
    .receives(xml`<message from="${romeo.phone}"><body>I am Tybalt</body></message>`)
    .then(() => 'stamped')
  assert.ok(['refused', 'stamped'].includes(await Promise.any([refused, stamped])))
  assert.ok(juliet.phone.untaken.every((e) => !e.attrs['from']?.startsWith(tybalt.jid)))
})

story(
  'RFC 6120 §10.1 — messages come in the order they were sent, to bare and full address in turn',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    const ids = Array.from({ length: 200 }, (_, i) => `n${i}`)
    ids.forEach((id, i) => {
      const to = i % 3 === 0 ? juliet : juliet.phone
      romeo.sends(xml`<message to="${to}" type="chat" id="${id}"><body>${id}</body></message>`)
    })
    for (const id of ids) {
      const message = await juliet.receives(xml`<message from="${romeo.phone}"/>`)
      assert.equal(message.attrs['id'], id)
    }
  },
)

story('RFC 6120 §8.4 — what the server does not know it passes on as it is', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  const content = xml`
    <subject xml:lang="it">Amore</subject>
    <body>“Mañana” 💔 &lt;tag&gt; &amp;amp; ]]&gt;	tab</body>
    <x xmlns="urn:example:a" b="1" xmlns:p="urn:example:p" p:c="&quot;2&quot;"><p:y/><z xmlns=""> </z></x>`
  romeo.sends(xml`<message to="${juliet.phone}" type="chat" id="m1" xml:lang="en">${content}</message>`)
  const message = await juliet.receives(xml`<message from="${romeo.phone}" id="m1" xml:lang="en">${content}</message>`)
  assert.ok(message.children.length >= 3)
})

story(
  'XEP-0160 §3 — messages wait for one who is not online, and come in order with the time they were sent',
  async ({ romeo, juliet }) => {
    await juliet.exists()
    await romeo.comesOnline()
    for (const id of ['a', 'b', 'c']) {
      romeo.sends(xml`<message to="${juliet}" type="chat" id="${id}"><body>${id}</body></message>`)
    }
    await romeo.phone.pingsItself()
    await juliet.comesOnline()
    for (const id of ['a', 'b', 'c']) {
      const delay = xml`<delay xmlns="urn:xmpp:delay" stamp="${any}"/>`
      const message = await juliet.receives(xml`<message from="${romeo.phone}" to="${juliet}">${delay}</message>`)
      assert.equal(message.attrs['id'], id)
    }
    await juliet.receivesNothingElse()
  },
)

story('XEP-0160 §3 — a message that was delivered is not delivered at the next login', async ({ romeo, juliet }) => {
  await juliet.exists()
  await romeo.comesOnline()
  romeo.sends(xml`<message to="${juliet}" type="chat"><body>once</body></message>`)
  await romeo.phone.pingsItself()
  await juliet.phone.comesOnline()
  await juliet.phone.receives(xml`<message><body>once</body></message>`)
  await juliet.phone.pingsItself() // without XEP-0198 the server knows by then that the socket took it
  await juliet.phone.leaves()
  await juliet.laptop.comesOnline()
  await juliet.laptop.receivesNothingElse({ after: [romeo.phone] })
})

story('XEP-0334 §4.3 — what asks not to be stored is not kept for later', async ({ romeo, juliet }) => {
  await juliet.exists()
  await romeo.comesOnline()
  const hint = xml`<no-store xmlns="urn:xmpp:hints"/>`
  romeo.sends(xml`<message to="${juliet}" type="chat" id="m1"><body>burn this</body>${hint}</message>`)
  romeo.sends(xml`<message to="${juliet}" type="chat" id="m2"><body>keep this</body></message>`)
  await romeo.phone.pingsItself()
  await juliet.comesOnline()
  await juliet.receives(xml`<message id="m2"/>`)
  await juliet.receivesNothingElse()
})

story('RFC 6121 §8.5.2.2.1 — headlines are not kept for later', async ({ romeo, juliet }) => {
  await juliet.exists()
  await romeo.comesOnline()
  romeo.sends(xml`<message to="${juliet}" type="headline" id="m1"><body>news</body></message>`)
  romeo.sends(xml`<message to="${juliet}" type="normal" id="m2"><body>letter</body></message>`)
  await romeo.phone.pingsItself()
  await juliet.comesOnline()
  await juliet.receives(xml`<message id="m2"/>`)
  await juliet.receivesNothingElse()
})

story(
  'XEP-0203 §5 — a delay in the name of the server is taken out of what a client sends',
  async ({ romeo, juliet, house }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    const forged = xml`<delay xmlns="urn:xmpp:delay" from="${house.domain}" stamp="2001-01-01T00:00:00Z"/>`
    const sid = xml`<stanza-id xmlns="urn:xmpp:sid:0" by="${juliet}" id="forged"/>`
    romeo.sends(xml`<message to="${juliet}" type="chat"><body>I said so</body>${forged}${sid}</message>`)
    const message = await juliet.receives(xml`<message from="${romeo.phone}"><body>I said so</body></message>`)
    assert.doesNotMatch(JSON.stringify(message), /2001-01-01|forged/)
  },
)

story('RFC 6121 §5.2.2 — a message of an unknown type is handled as a normal one', async ({ romeo, juliet }) => {
  await juliet.exists()
  await romeo.comesOnline()
  romeo.sends(xml`<message to="${juliet}" type="sonnet" id="m1"><body>Shall I</body></message>`)
  await romeo.phone.pingsItself()
  await juliet.comesOnline()
  await juliet.receives(xml`<message from="${romeo.phone}" id="m1"><body>Shall I</body></message>`)
})
