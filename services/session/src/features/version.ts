import { NS_VERSION, renderVersion } from '@jabiru/protocol'
import { defineFeature } from '@jabiru/runtime'
import type { SessionFeature } from '../feature.ts'

/** XEP-0092. The operating system is not told (§5). */
export const version = (software: string): SessionFeature =>
  defineFeature({
    name: 'version',
    specs: [{ doc: 'XEP-0092', version: '1.1', status: 'complete' }],
    disco: [NS_VERSION],
    iq: [
      {
        type: 'get',
        name: 'query',
        ns: NS_VERSION,
        at: ['server'],
        answer: () => [renderVersion({ name: 'Jabiru', version: software })],
      },
    ],
  })
