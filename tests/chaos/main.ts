// `npx jabiru chaos`: clients against a server that suffers, and what was promised against what was kept.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { allFailpoints } from './campaign.ts'
import { tryMutation } from './mutants.ts'
import { isOvercome, sufferOutages } from './outages/campaign.ts'
import { fieldsOf, linesOf } from './report.ts'
import { type Options, run } from './run.ts'
import { isFlat } from './soak.ts'
import { FAILPOINTS } from './splicing/failpoints.ts'
import { MUTATIONS } from './splicing/mutations.ts'
import { storm } from './storm/storm.ts'
import { isClean } from './verdict.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '1' },
    clients: { type: 'string', default: '60' },
    form: { type: 'string', default: 'grouped' },
    /** Nothing fails but what --only names, clients stay, and nothing stands between the processes: for measuring. */
    calm: { type: 'boolean', default: false },
    /** Calm, and the memory of every process is looked at twice a minute: it must not grow. */
    soak: { type: 'boolean', default: false },
    /** Only faults whose names hold one of these. */
    only: { type: 'string', multiple: true },
    /** `<name>` or `<name>:<n>`: only these points, alone and with kills. */
    failpoint: { type: 'string', multiple: true },
    /** `all`, or one: each point, or that one, in short runs of its own, and with each that comes after it. */
    failpoints: { type: 'string' },
    /** `all`, or one by its name: the server breaks a rule, and the ledger must tell. */
    mutations: { type: 'string' },
    /** `all`, or one by its name: it comes and goes while clients write. */
    outage: { type: 'string', multiple: true },
    /** How long an outage lasts, in place of its own time. */
    seconds: { type: 'string' },
    /** So many sessions lose their connection manager at once, and come back. */
    storm: { type: 'string' },
    /** Logins that begin within a second, in a storm, in place of the server's own. */
    rate: { type: 'string' },
    json: { type: 'string' },
  },
})
const { form, soak, failpoint } = values
const calm = values.calm || soak
const { only = calm ? [] : [''] } = values
if (form !== 'grouped' && form !== 'embedded') throw new TypeError(`--form is grouped or embedded, not ${form}`)

const SOAK_MS = 30_000

/** Where the ledger finds nothing. */
const MORE_SEEDS = 3

const say = (line: string) => process.stdout.write(`${line}\n`)

/** The points that are named, each with the time it is to be reached. */
function pointsOf(named: readonly string[]): NonNullable<Options['failpoints']> {
  return new Map(
    named.map((text) => {
      const [name = '', n] = text.split(':')
      if (!FAILPOINTS.some((point) => point.name === name))
        throw new TypeError(`--failpoint is one of ${FAILPOINTS.map((point) => point.name).join(', ')}, not ${name}`)
      return [name, n === undefined ? undefined : Number(n)]
    }),
  )
}

const seed = Number(values.seed)
const clients = Number(values.clients)

if (values.failpoints !== undefined) {
  const beginning = values.failpoints === 'all' ? '' : ([...pointsOf([values.failpoints]).keys()][0] ?? '')
  const unclean = await allFailpoints({ seed, clients, tell: () => undefined }, beginning, (name, outcome) => {
    say(`— ${name}: ${outcome.faults.join('; ')}`)
    for (const line of linesOf(outcome)) say(line)
  })
  say(unclean.length === 0 ? 'every run is clean' : `not clean: ${unclean.join('; ')}`)
  process.exit(unclean.length === 0 ? 0 : 1)
}

if (values.mutations !== undefined) {
  const wanted = MUTATIONS.filter(({ name }) => values.mutations === 'all' || values.mutations === name)
  if (wanted.length === 0) throw new TypeError(`--mutations is all, ${MUTATIONS.map(({ name }) => name).join(', ')}`)
  let missed = 0
  for (const mutation of wanted) {
    const told = (text: string) => say(`${mutation.name.padEnd(40)} ${text}`)
    try {
      const { caughtBy, seed: at } = await tryMutation(mutation, seed, seed + MORE_SEEDS)
      told(`seed ${at}  ${caughtBy.length === 0 ? 'NOT CAUGHT' : caughtBy.join(' ')}`)
      if (caughtBy.length === 0) missed += 1
    } catch (error) {
      told(`NOT RUN: ${String(error)}`)
      missed += 1
    }
  }
  process.exit(missed === 0 ? 0 : 1)
}

if (values.outage !== undefined) {
  const lastsMs = values.seconds === undefined ? undefined : Number(values.seconds) * 1000
  const outcomes = await sufferOutages({ names: values.outage, seed, clients, lastsMs, tell: say })
  const run = outcomes.filter((outcome) => outcome !== undefined)
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(run.map(fieldsOf), null, 2)}\n`)
  process.exit(outcomes.every(isOvercome) ? 0 : 1)
}

if (values.storm !== undefined) {
  const rate = values.rate === undefined ? undefined : Number(values.rate)
  const report = await storm({ seed, sessions: Number(values.storm), rate, tell: say })
  say(
    Object.entries(report)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  )
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`)
  process.exit(0)
}

const points = failpoint === undefined ? undefined : pointsOf(failpoint)
const outcome = await run({
  seed,
  ms: Number(values.minutes) * 60_000,
  clients,
  form,
  plain: calm,
  habits: calm ? [] : undefined,
  soakMs: soak ? SOAK_MS : undefined,
  wants: ({ name }) =>
    only.some((part) => name.includes(part)) &&
    (points === undefined || [...points.keys()].some((point) => name.startsWith(point))),
  ...(points === undefined ? {} : { failpoints: points }),
  tell: say,
})
for (const line of linesOf(outcome)) say(line)
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(fieldsOf(outcome), null, 2)}\n`)
process.exit(isClean(outcome) && (outcome.soaked === undefined || isFlat(outcome.soaked)) ? 0 : 1)
