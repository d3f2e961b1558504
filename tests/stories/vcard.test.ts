import { xml } from '@jabiru/testkit'
import { story } from './stage.ts'
import { filler, rosterGet, stanzaError } from './words.ts'

const NS = 'vcard-temp'
const ask = xml`<vCard xmlns="${NS}"/>`
const photo = xml`<PHOTO><TYPE>image/png</TYPE><BINVAL>${filler(20_000)}</BINVAL></PHOTO>`
const card = xml`<vCard xmlns="${NS}"><FN>Juliet Capulet</FN>${photo}</vCard>`
const hash = xml`<x xmlns="${NS}:x:update"><photo>01b87fcd030b72895ff8e88db57ec525450f000d</photo></x>`

story(
  'XEP-0054 §3 — a vCard is read by anybody, whether or not its owner is there',
  async ({ romeo, juliet, house }) => {
    await romeo.comesOnline()
    await juliet.comesOnline()
    const none = xml`<iq type="error">${stanzaError('item-not-found')}</iq>`
    await juliet.asks(xml`<iq type="get">${ask}</iq>`, none)
    const unavailable = xml`<iq type="error">${stanzaError('service-unavailable')}</iq>`
    await romeo.asks(xml`<iq type="get" to="${juliet}">${ask}</iq>`, unavailable)
    await romeo.asks(xml`<iq type="get" to="nobody@${house.domain}">${ask}</iq>`, unavailable)

    await juliet.asks(xml`<iq type="set">${card}</iq>`, xml`<iq type="result"/>`)
    await juliet.phone.leaves()
    await romeo.asks(
      xml`<iq type="get" to="${juliet}">${ask}</iq>`,
      xml`<iq type="result" from="${juliet}">${card}</iq>`,
    )
    await romeo.asks(xml`<iq type="set" to="${juliet}">${card}</iq>`, unavailable)
  },
)

story('XEP-0153 §3.1 — the hash of a picture is told with presence as it is', async ({ romeo }) => {
  await romeo.comesOnline()
  await romeo.laptop.comesOnline()
  await romeo.asks(rosterGet)
  await romeo.asks(xml`<iq type="set">${card}</iq>`, xml`<iq type="result"/>`)
  romeo.sends(xml`<presence>${hash}</presence>`)
  await romeo.laptop.receives(xml`<presence from="${romeo.phone}">${hash}</presence>`)
})
