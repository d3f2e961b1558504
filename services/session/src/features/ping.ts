import { NS_PING } from '@jabiru/protocol'
import { defineFeature } from '@jabiru/runtime'
import type { SessionFeature } from '../feature.ts'

export const ping: SessionFeature = defineFeature({
  name: 'ping',
  specs: [{ doc: 'XEP-0199', version: '2.0.1', status: 'complete' }],
  disco: [NS_PING],
  accountDisco: [NS_PING],
  iq: [{ type: 'get', name: 'ping', ns: NS_PING, at: ['server', 'own-account', 'account'], answer: () => [] }],
})
