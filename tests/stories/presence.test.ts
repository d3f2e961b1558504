import { type Actor, xml } from '@jabiru/testkit'
import { story } from './stage.ts'
import { stanzaError } from './words.ts'

async function friends(one: Actor, other: Actor): Promise<void> {
  await one.comesOnline()
  await other.comesOnline()
  await one.becomesFriendsWith(other)
}

story('RFC 6121 §4.2.2 — initial presence reaches friends and the resource itself', async ({ romeo, juliet }) => {
  await friends(romeo, juliet)
  await romeo.laptop.logsIn()
  romeo.laptop.sends(xml`<presence><show>chat</show><status>wooing</status><priority>3</priority></presence>`)
  const seen = xml`<presence from="${romeo.laptop}"><show>chat</show><status>wooing</status><priority>3</priority></presence>`
  await juliet.receives(seen)
  await romeo.laptop.receives(seen)
  await romeo.phone.receives(seen)
})

story(
  'RFC 6121 §4.3 — who comes online learns which friends and which of its own resources are there',
  async ({ romeo, juliet }) => {
    await friends(romeo, juliet)
    juliet.sends(xml`<presence><show>dnd</show></presence>`)
    await romeo.receives(xml`<presence from="${juliet.phone}"><show>dnd</show></presence>`)
    await juliet.laptop.comesOnline()
    await romeo.laptop.logsIn()
    romeo.laptop.sends(xml`<presence/>`)
    await romeo.laptop.receives(xml`<presence from="${juliet.phone}"><show>dnd</show></presence>`)
    await romeo.laptop.receives(xml`<presence from="${juliet.laptop}"/>`)
    await romeo.laptop.receives(xml`<presence from="${romeo.phone}"/>`)
  },
)

story(
  'RFC 6121 §4.3.2 — a probe of one who may not see it is answered with nothing that tells',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    romeo.sends(xml`<presence to="${juliet}" type="probe"/>`)
    await romeo.phone.reaches(juliet.phone)
    juliet.sends(xml`<message to="${romeo.phone}"><body>after it</body></message>`)
    await romeo.receives(xml`<message from="${juliet.phone}"><body>after it</body></message>`)
    await romeo.phone.pingsItself()
    const told = romeo.phone.untaken.filter((e) => e.attrs['type'] === undefined || e.attrs['type'] === 'unavailable')
    if (told.length > 0) await romeo.receivesNothingElse()
  },
)

story('RFC 6121 §4.3 — a client that probes a friend is told what the friend has said', async ({ romeo, juliet }) => {
  await friends(romeo, juliet)
  juliet.sends(xml`<presence id="away-1"><show>away</show></presence>`)
  await romeo.phone.receives(xml`<presence from="${juliet.phone}"><show>away</show></presence>`)
  romeo.sends(xml`<presence to="${juliet}" type="probe"/>`)
  await romeo.phone.receives(xml`<presence from="${juliet.phone}" id="away-1"><show>away</show></presence>`)
})

story('RFC 6121 §4.4.2 — a change of presence reaches friends and own resources', async ({ romeo, juliet }) => {
  await friends(romeo, juliet)
  await romeo.laptop.comesOnline()
  romeo.sends(xml`<presence><show>away</show></presence>`)
  const seen = xml`<presence from="${romeo.phone}"><show>away</show></presence>`
  await juliet.receives(seen)
  await romeo.receives(seen)
  await romeo.laptop.receives(seen)
})

story(
  'RFC 6121 §4.5.2 — unavailable presence reaches friends and own resources, with its status',
  async ({ romeo, juliet }) => {
    await friends(romeo, juliet)
    await romeo.laptop.comesOnline()
    romeo.sends(xml`<presence type="unavailable"><status>banished</status></presence>`)
    const seen = xml`<presence from="${romeo.phone}" type="unavailable"><status>banished</status></presence>`
    await juliet.receives(seen)
    await romeo.laptop.receives(seen)
  },
)

story(
  'RFC 6121 §4.5.2 — a client that closes its stream without a word is made unavailable',
  async ({ romeo, juliet }) => {
    await friends(romeo, juliet)
    await romeo.phone.leaves()
    await juliet.receives(xml`<presence from="${romeo.phone}" type="unavailable"/>`)
  },
)

story('RFC 6121 §4.5.2 — a client whose connection is cut is made unavailable', async ({ romeo, juliet }) => {
  await friends(romeo, juliet)
  romeo.phone.vanishes()
  await juliet.receives(xml`<presence from="${romeo.phone}" type="unavailable"/>`)
})

story(
  'RFC 6121 §4.5.4 — after unavailable presence a client is available again by initial presence',
  async ({ romeo, juliet }) => {
    await friends(romeo, juliet)
    romeo.sends(xml`<presence type="unavailable"/>`)
    await juliet.receives(xml`<presence from="${romeo.phone}" type="unavailable"/>`)
    romeo.sends(xml`<presence><status>back</status></presence>`)
    await juliet.receives(xml`<presence from="${romeo.phone}"><status>back</status></presence>`)
    await romeo.receives(xml`<presence from="${juliet.phone}"/>`)
  },
)

story(
  'RFC 6121 §4.6.3 — directed presence goes to that one, and is taken back when the client goes',
  async ({ romeo, juliet, tybalt }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    await tybalt.comesOnline()
    romeo.sends(xml`<presence to="${juliet.phone}"><status>only you</status></presence>`)
    await juliet.receives(
      xml`<presence from="${romeo.phone}" to="${juliet.phone}"><status>only you</status></presence>`,
    )
    romeo.sends(xml`<presence to="${tybalt}"><status>you too</status></presence>`)
    await tybalt.receives(xml`<presence from="${romeo.phone}"><status>you too</status></presence>`)
    romeo.phone.vanishes()
    await juliet.receives(xml`<presence from="${romeo.phone}" type="unavailable"/>`)
    await tybalt.receives(xml`<presence from="${romeo.phone}" type="unavailable"/>`)
    await juliet.receivesNothingElse()
  },
)

story(
  'RFC 6121 §4.6.5 — directed unavailable presence ends it, and it is not said twice',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    romeo.sends(xml`<presence to="${juliet.phone}"/>`)
    await juliet.receives(xml`<presence from="${romeo.phone}"/>`)
    romeo.sends(xml`<presence to="${juliet.phone}" type="unavailable"/>`)
    await juliet.receives(xml`<presence from="${romeo.phone}" type="unavailable"/>`)
    romeo.sends(xml`<presence type="unavailable"/>`)
    romeo.sends(xml`<presence to="${juliet.phone}"><status>after it</status></presence>`)
    await juliet.receivesExactly(
      xml`<presence from="${romeo.phone}" to="${juliet.phone}"><status>after it</status></presence>`,
    )
  },
)

story('RFC 6121 §4.2.2 — a stranger sees nothing of it', async ({ romeo, tybalt }) => {
  await tybalt.comesOnline()
  await romeo.comesOnline()
  romeo.sends(xml`<presence><show>xa</show></presence>`)
  romeo.sends(xml`<presence to="${tybalt.phone}"><status>after it</status></presence>`)
  await tybalt.receivesExactly(
    xml`<presence from="${romeo.phone}" to="${tybalt.phone}"><status>after it</status></presence>`,
  )
})

story('RFC 6121 §4.7.2.3 — a priority out of range is refused', async ({ romeo }) => {
  await romeo.phone.logsIn()
  romeo.sends(xml`<presence id="p1"><priority>128</priority></presence>`)
  await romeo.receives(xml`<presence type="error" id="p1">${stanzaError('bad-request')}</presence>`)
})

story(
  'RFC 6121 §8.5.2.1.1 — a resource of negative priority gets nothing that is for the account',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.phone.comesOnline()
    await juliet.laptop.logsIn()
    juliet.laptop.sends(xml`<presence><priority>-1</priority></presence>`)
    await juliet.laptop.receives(xml`<presence from="${juliet.phone}"/>`)
    await juliet.laptop.receives(xml`<presence from="${juliet.laptop}"/>`)
    romeo.sends(xml`<message to="${juliet}" type="chat"><body>psst</body></message>`)
    await juliet.phone.receives(xml`<message from="${romeo.phone}" to="${juliet}"><body>psst</body></message>`)
    await juliet.laptop.receivesNothingElse({ after: [romeo.phone] })
    romeo.sends(xml`<message to="${juliet.laptop}" type="chat"><body>to you</body></message>`)
    await juliet.laptop.receives(
      xml`<message from="${romeo.phone}" to="${juliet.laptop}"><body>to you</body></message>`,
    )
  },
)

story(
  'RFC 6121 §8.5.2.1.1 — with negative priorities only, a message waits until one is not',
  async ({ romeo, juliet }) => {
    await romeo.comesOnline()
    await juliet.phone.logsIn()
    juliet.sends(xml`<presence><priority>-5</priority></presence>`)
    await juliet.receives(xml`<presence from="${juliet.phone}"/>`)
    romeo.sends(xml`<message to="${juliet}" type="chat"><body>later</body></message>`)
    await juliet.receivesNothingElse({ after: [romeo] })
    juliet.sends(xml`<presence><priority>0</priority></presence>`)
    await juliet.receives(
      xml`<message from="${romeo.phone}"><body>later</body><delay xmlns="urn:xmpp:delay"/></message>`,
    )
  },
)
