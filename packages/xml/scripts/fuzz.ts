/** Runs the fuzz with seed after seed: `node packages/xml/scripts/fuzz.ts [first seed] [seeds] [rounds each]`. */
import { fuzz } from '../test/fuzz.ts'

const [first = 1, seeds = 20, rounds = 1000] = process.argv.slice(2).map(Number)
for (let seed = first; seed < first + seeds; seed++) {
  process.stdout.write(`${seed}: ${JSON.stringify(fuzz(seed, rounds))}\n`)
}
