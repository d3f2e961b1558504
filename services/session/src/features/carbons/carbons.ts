import { NS_CARBONS, NS_CARBONS_RULES } from '@jabiru/protocol'
import { defineFeature } from '@jabiru/runtime'
import { Refusal } from '@jabiru/stanza'
import type { IqRequest, SessionFeature } from '../../feature.ts'

const turn = (on: boolean) => (request: IqRequest) => {
  if (request.session === undefined) throw new Refusal('forbidden')
  request.session.carbons = on
  return []
}

/** Copies of what one device sends or gets, for the others. The rules are in `policy.ts`. */
export const carbons: SessionFeature = defineFeature({
  name: 'carbons',
  specs: [{ doc: 'XEP-0280', version: '1.0.1', status: 'complete' }],
  disco: [NS_CARBONS, NS_CARBONS_RULES],
  iq: [
    { type: 'set', name: 'enable', ns: NS_CARBONS, at: ['own-account', 'server'], answer: turn(true) },
    { type: 'set', name: 'disable', ns: NS_CARBONS, at: ['own-account', 'server'], answer: turn(false) },
  ],
})
