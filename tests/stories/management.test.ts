import assert from 'node:assert/strict'
import { SM, show, xml } from '@jabiru/testkit'
import { child } from '@jabiru/xml'
import { arranged, story } from './stage.ts'

const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas'

story('XEP-0198 §2 — stream management is offered after authentication, not before', async (stage) => {
  const stranger = await stage.stranger()
  const before = await stranger.secures()
  assert.equal(child(before, 'sm', SM), undefined)
  const after = await stage.romeo.phone.authenticates()
  assert.ok(child(after, 'sm', SM))
})

story('XEP-0198 §3 — a session is enabled and can be resumed by an id that cannot be guessed', async ({ romeo }) => {
  await romeo.phone.logsIn()
  const enabled = await romeo.phone.enablesManagement()
  assert.equal(enabled.attrs['resume'], 'true')
  assert.ok((enabled.attrs['id'] ?? '').length >= 16, show(enabled))
  assert.ok(Number(enabled.attrs['max']) > 0, show(enabled))
})

story('XEP-0198 §3 — who does not ask for resumption does not get it', async ({ romeo }) => {
  await romeo.phone.logsIn()
  const enabled = await romeo.phone.enablesManagement({ resume: false })
  assert.notEqual(enabled.attrs['resume'], 'true')
})

story('XEP-0198 §3 — enabling before binding is refused', async ({ romeo }) => {
  await romeo.phone.authenticates()
  romeo.phone.writes(`<enable xmlns='${SM}'/>`)
  const failed = await romeo.phone.connection.element('<failed/>')
  assert.deepEqual([failed.name, failed.ns], ['failed', SM])
  assert.ok(child(failed, 'unexpected-request', STANZAS), show(failed))
})

story('XEP-0198 §3 — enabling twice is refused, and the session goes on', async ({ romeo }) => {
  await romeo.phone.logsIn()
  await romeo.phone.enablesManagement()
  romeo.phone.writes(`<enable xmlns='${SM}' resume='true'/>`)
  const failed = await romeo.receives(xml`<failed xmlns="${SM}"/>`)
  assert.ok(child(failed, 'unexpected-request', STANZAS), show(failed))
  await romeo.phone.pingsItself()
  await romeo.phone.isAcknowledged()
})

story(
  'XEP-0198 §4 — the server counts every stanza, whatever became of it, and nothing else',
  async ({ romeo, house }) => {
    await romeo.comesOnline()
    await romeo.phone.enablesManagement()
    const { management } = romeo.phone
    romeo.sends(xml`<message to="${romeo}" type="chat"><body>1</body></message>`)
    romeo.sends(xml`<message to="nobody@${house.domain}" type="chat"><body>2</body></message>`)
    romeo.sends(xml`<presence><show>away</show></presence>`)
    await romeo.asks(xml`<iq type="get"><ping xmlns="urn:xmpp:ping"/></iq>`)
    await romeo.asks(xml`<iq type="get"><nothing xmlns="urn:example:unknown"/></iq>`)
    romeo.phone.writes(' ')
    await romeo.phone.isAcknowledged()
    assert.equal(management.confirmed, management.sent)
  },
)

story('XEP-0198 §4 — the server asks for acknowledgement of what it sent', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  await juliet.phone.enablesManagement()
  juliet.phone.answersRequests(false)
  romeo.sends(xml`<message to="${juliet}" type="chat"><body>heard?</body></message>`)
  await juliet.receives(xml`<message/>`)
  await juliet.phone.isAskedToAcknowledge()
})

story('XEP-0198 §4 — a client that confirms more than it was sent is cut off', async ({ romeo }) => {
  await romeo.phone.logsIn()
  await romeo.phone.enablesManagement()
  romeo.phone.writes(`<a xmlns='${SM}' h='1000'/>`)
  const error = await romeo.phone.receivesStreamError('undefined-condition')
  const detail = child(error, 'handled-count-too-high', SM)
  assert.ok(detail, show(error))
  assert.equal(detail.attrs['h'], '1000')
  assert.match(detail.attrs['send-count'] ?? '', /^\d+$/)
})

story(
  'XEP-0198 §5 — a session is resumed on another connection: what was missed comes once, in order',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    await juliet.phone.enablesManagement()
    romeo.sends(xml`<message to="${juliet}" type="chat" id="m1"><body>1</body></message>`)
    await juliet.receives(xml`<message id="m1"/>`)
    juliet.phone.vanishes()
    await juliet.phone.seesLoss()
    for (const id of ['m2', 'm3', 'm4']) {
      romeo.sends(xml`<message to="${juliet}" type="chat" id="${id}"><body>${id}</body></message>`)
    }
    const resumed = await juliet.phone.resumes()
    assert.equal(resumed.attrs['previd'], juliet.phone.management.id)
    for (const id of ['m2', 'm3', 'm4']) {
      const message = await juliet.receives(xml`<message/>`)
      assert.equal(message.attrs['id'], id)
    }
    await juliet.receivesNothingElse({ after: [romeo] })
  },
)

story(
  'XEP-0198 §5 — what a client saw before it lost its connection does not come again',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    await juliet.phone.enablesManagement()
    juliet.phone.answersRequests(false)
    for (const id of ['m1', 'm2', 'm3']) {
      romeo.sends(xml`<message to="${juliet}" type="chat" id="${id}"><body>${id}</body></message>`)
      await juliet.receives(xml`<message id="${id}"/>`)
    }
    juliet.phone.vanishes()
    await juliet.phone.seesLoss()
    await juliet.phone.resumes()
    await juliet.receivesNothingElse({ after: [romeo] })
  },
)

story('XEP-0198 §5 — what the server had not handled is sent again and handled once', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  await romeo.phone.enablesManagement()
  for (const id of ['m1', 'm2', 'm3', 'm4', 'm5']) {
    romeo.sends(xml`<message to="${juliet}" type="chat" id="${id}"><body>${id}</body></message>`)
  }
  romeo.phone.vanishes()
  await romeo.phone.seesLoss()
  await romeo.phone.resumes()
  await romeo.phone.isAcknowledged()
  for (const id of ['m1', 'm2', 'm3', 'm4', 'm5']) {
    const message = await juliet.receives(xml`<message/>`)
    assert.equal(message.attrs['id'], id)
  }
  await juliet.receivesNothingElse({ after: [romeo] })
})

story(
  'XEP-0198 §5 — a session is taken over while its old connection hangs, which is then closed',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    await juliet.phone.enablesManagement()
    juliet.phone.stopsReading()
    const old = juliet.phone.connection
    romeo.sends(xml`<message to="${juliet}" type="chat" id="m1"><body>hello?</body></message>`)
    await romeo.phone.pingsItself()
    await juliet.phone.resumes()
    await juliet.receives(xml`<message id="m1"/>`)
    old.transport.resume()
    await old.closed()
    await juliet.receivesNothingElse({ after: [romeo] })
  },
)

story('XEP-0198 §5 — friends do not see a session go that is resumed', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.comesOnline()
  await romeo.becomesFriendsWith(juliet)
  await juliet.phone.enablesManagement()
  juliet.phone.vanishes()
  await juliet.phone.seesLoss()
  await juliet.phone.resumes()
  juliet.sends(xml`<presence to="${romeo.phone}"><status>after it</status></presence>`)
  await romeo.receivesExactly(
    xml`<presence from="${juliet.phone}" to="${romeo.phone}"><status>after it</status></presence>`,
  )
})

story('XEP-0198 §5 — carbons and presence belong to the session and survive resumption', async ({ romeo, juliet }) => {
  await romeo.comesOnline()
  await juliet.phone.comesOnline()
  await juliet.laptop.comesOnline()
  await juliet.laptop.asks(xml`<iq type="set"><enable xmlns="urn:xmpp:carbons:2"/></iq>`)
  await juliet.laptop.enablesManagement()
  juliet.laptop.vanishes()
  await juliet.laptop.seesLoss()
  await juliet.laptop.resumes()
  romeo.sends(xml`<message to="${juliet.phone}" type="chat"><body>Hi</body></message>`)
  await juliet.laptop.receives(xml`<message from="${juliet}"><received xmlns="urn:xmpp:carbons:2"/></message>`)
})

story(
  'XEP-0198 §5 — a session of another account, or of nobody, is not resumed, and binding is still possible',
  async ({ romeo, tybalt }) => {
    await romeo.comesOnline()
    await romeo.phone.enablesManagement()
    await tybalt.phone.logsIn()
    for (const previd of ['no-such-session', romeo.phone.management.id ?? '']) {
      const answer = await tybalt.phone.triesToResume({ previd, h: 0 })
      assert.deepEqual([answer.name, answer.ns], ['failed', SM])
      assert.ok(child(answer, 'item-not-found', STANZAS), show(answer))
    }
    tybalt.phone.writes(`<iq type='set' id='b2'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`)
    assert.equal((await tybalt.phone.connection.element('a result')).attrs['type'], 'result')
    await romeo.phone.pingsItself()
  },
)

story('XEP-0198 §5 — a session that was closed on purpose is not resumed', async ({ romeo }) => {
  await romeo.comesOnline()
  await romeo.phone.enablesManagement()
  await romeo.phone.leaves()
  const answer = await romeo.phone.triesToResume()
  assert.equal(answer.name, 'failed', show(answer))
})

story('XEP-0198 §5 — resuming with an h that is too high is refused as the same fault', async ({ romeo }) => {
  await romeo.comesOnline()
  await romeo.phone.enablesManagement()
  romeo.phone.vanishes()
  await romeo.phone.seesLoss()
  const answer = await romeo.phone.triesToResume({ h: 1000 })
  assert.equal(answer.name, 'error', show(answer))
  assert.ok(child(answer, 'undefined-condition', 'urn:ietf:params:xml:ns:xmpp-streams'), show(answer))
})

story(
  'XEP-0198 §8 — messages that nobody confirmed go to the next login when the session is not resumed',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.phone.comesOnline()
    await juliet.phone.enablesManagement()
    juliet.phone.stopsReading()
    romeo.sends(xml`<message to="${juliet}" type="chat" id="m1"><body>hello?</body></message>`)
    await romeo.phone.pingsItself()
    juliet.phone.vanishes()
    await juliet.laptop.logsIn()
    juliet.laptop.sends(xml`<presence/>`)
    await juliet.laptop.receives(xml`<message from="${romeo.phone}" id="m1"><body>hello?</body></message>`)
  },
)

arranged(
  'XEP-0198 §5 — a session that nobody resumes in time ends, and friends are told',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    await romeo.becomesFriendsWith(juliet)
    await juliet.phone.enablesManagement()
    juliet.sends(xml`<message to="${romeo}" type="chat" id="m1"><body>I'll be back</body></message>`)
    await juliet.phone.isAcknowledged()
    await romeo.receives(xml`<message id="m1"/>`)
    juliet.phone.vanishes()
    await juliet.phone.seesLoss()
    await romeo.receives(xml`<presence from="${juliet.phone}" type="unavailable"/>`)
    const answer = await juliet.phone.triesToResume()
    assert.equal(answer.name, 'failed', show(answer))
    assert.ok(child(answer, 'item-not-found', STANZAS), show(answer))
    // XEP-0198 §5: how much was handled, so that the client knows what to send again.
    if (answer.attrs['h'] !== undefined) assert.equal(answer.attrs['h'], String(juliet.phone.management.sent))
  },
)
