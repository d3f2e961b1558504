// With a release: what this version writes becomes what the last one wrote. `frozen/frame.ts` is copied by hand.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Envelope } from '../src/envelope.ts'
import { encodeFrame } from '../src/frame.ts'
import { SAMPLES } from './frozen/samples.ts'

const lines = Object.values(SAMPLES).map((sample: Envelope) => {
  const from = { id: 'a1', epoch: 12 }
  return JSON.stringify(encodeFrame({ stream: 'session.7~1', from, base: 3, first: 4, high: 9, envelopes: [sample] }))
})
writeFileSync(join(import.meta.dirname, 'frozen/frames.jsonl'), `${lines.join('\n')}\n`)
