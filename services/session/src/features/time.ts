import { NS_TIME, renderTime } from '@jabiru/protocol'
import { defineFeature } from '@jabiru/runtime'
import type { SessionFeature } from '../feature.ts'

/** XEP-0202, on the wall clock `now` (ms since 1970). */
export const time = (now: () => number): SessionFeature =>
  defineFeature({
    name: 'time',
    specs: [{ doc: 'XEP-0202', version: '2.0', status: 'complete' }],
    disco: [NS_TIME],
    iq: [
      {
        type: 'get',
        name: 'time',
        ns: NS_TIME,
        at: ['server'],
        // A server has no time zone that a client should care about.
        answer: () => [renderTime({ utc: now(), offset: 0 })],
      },
    ],
  })
