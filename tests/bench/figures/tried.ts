import { type Cells, table } from './markdown.ts'

/** What looked as if it would be faster or smaller, and was not enough so to stay. */
const TRIED: readonly Cells[] = [
  ['W1', "the archive's id of a message appended as text, not as an element", 'a fifth less goes through'],
  ['W2, cluster', 'what goes over the bus gathered for 1 and 3 ms', 'slower'],
  ['W4', "X25519 alone, without the hybrid with ML-KEM that Node's client offers", 'no difference beyond the spread'],
  [
    'W5',
    '16 of the 29 maps and sets of a session made only while something is in them',
    'W5 68.4 and 69.9 → 66.8 and 68.8 KB, W5-ws 3 KB less, W5-proxied 24.5 and 21.8 → 25.5 and 26.3: not beyond the spread',
  ],
  [
    'W5',
    'everything collected when the server is idle',
    'nothing was given back to the system, and the server stood still for half a second',
  ],
  [
    'W6-presence',
    'lanes taken by slices, later stages first',
    'the collector 34 → 27 %, and fewer presences in each write: 51,000 → 40,000 to 53,000',
  ],
  [
    'W6-presence, W3',
    '16 and 64 MiB for what is young, in place of 32; `--minor-ms`; no parallel collection of it',
    'no better; with 64 one in a hundred messages comes 20 ms later',
  ],
  [
    'all',
    '`--always-sparkplug`, `--no-allocation-site-pretenuring`, `--v8-pool-size=1`, no marking beside the loop',
    'no better',
  ],
]

export const triedTable = (): string => table(['for', 'what', 'what came of it'], TRIED)
