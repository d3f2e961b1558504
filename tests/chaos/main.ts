// `npx jabiru chaos`: clients against a server that suffers, and what was promised against what was kept.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { run } from './run.ts'
import { isClean } from './verdict.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '1' },
    clients: { type: 'string', default: '60' },
    form: { type: 'string', default: 'grouped' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
  },
})
const { form, only } = values
if (form !== 'grouped' && form !== 'embedded') throw new TypeError(`--form is grouped or embedded, not ${form}`)

const say = (line: string) => process.stdout.write(`${line}\n`)
const outcome = await run({
  seed: Number(values.seed),
  ms: Number(values.minutes) * 60_000,
  clients: Number(values.clients),
  form,
  wants: ({ name }) => name.includes(only),
  tell: say,
})
const { faults, examples, ...counts } = outcome
for (const [name, cases] of Object.entries(examples)) for (const one of cases) say(`${name}: ${one}`)
say(
  Object.entries({ ...counts, faults: faults.length })
    .map(([name, value]) => `${name}=${value}`)
    .join(' '),
)
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(outcome, null, 2)}\n`)
process.exit(isClean(outcome) ? 0 : 1)
