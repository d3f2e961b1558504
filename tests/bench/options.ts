import { parseArgs } from 'node:util'
import { PARTS } from './growth/cases.ts'
import type { ServerName } from './servers/server.ts'
import { WORKLOADS } from './workloads.ts'

const SERVERS: readonly ServerName[] = ['jabiru', 'ejabberd', 'prosody', 'relay']

/** With no other options than these everything is run. */
const OF_ALL: readonly string[] = ['json', 'against']

/** What the command line asks for. */
export interface Options {
  readonly only: readonly string[]
  readonly servers: readonly string[]
  /** Of these forms; all where none is named. */
  readonly forms: readonly string[]
  /** Whether the hot parts are measured alone. */
  readonly micro: boolean
  /** Whether it is measured how costs grow; `only` names parts of that then. */
  readonly growth: boolean
  readonly runs: number
  readonly seconds: number
  readonly pinned: boolean
  readonly json: string | undefined
  /** Files of earlier runs, whose rows are shown together with those of this one. */
  readonly add: readonly string[]
  /** The file of an earlier run, whose rows those of this one are held against. */
  readonly against: string | undefined
  readonly profile: string | undefined
  /** Whether docs/benchmarks.md is to be written: it is after a run of everything. */
  readonly writes: boolean
}

/** Reads the command line. Throws TypeError. */
export function readOptions(args: readonly string[]): Options {
  const { values, tokens } = parseArgs({
    args: [...args],
    tokens: true,
    options: {
      only: { type: 'string' },
      servers: { type: 'string' },
      forms: { type: 'string', default: '' },
      runs: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '6' },
      /** The hot parts, and no server. */
      micro: { type: 'boolean', default: false },
      /** How costs grow, and no other server. */
      growth: { type: 'boolean', default: false },
      unpinned: { type: 'boolean', default: false },
      json: { type: 'string' },
      add: { type: 'string', default: '' },
      against: { type: 'string' },
      /** A folder for the CPU profiles of Jabiru's processes. */
      profile: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  })
  if (values.micro && values.write && values.add === '')
    throw new TypeError('--micro --write takes the figures of servers out of files: name them with --add')
  if (values.micro && values.growth) throw new TypeError('--micro and --growth are runs of their own')
  if (values.growth && values.write && values.only !== undefined && values.add === '')
    throw new TypeError('--growth --write writes all parts: name the figures of the others with --add')
  const isWhole = tokens.every((token) => token.kind === 'option' && OF_ALL.includes(token.name))
  const names = values.growth ? PARTS : WORKLOADS.map(({ name }) => name)
  return {
    only: oneOf('--only', values.only, names),
    servers: oneOf('--servers', values.servers, SERVERS),
    forms: words(values.forms),
    micro: values.micro || isWhole,
    growth: values.growth,
    runs: values.micro ? 0 : atLeast(0, '--runs', values.runs),
    seconds: atLeast(1, '--seconds', values.seconds),
    pinned: !values.unpinned,
    json: values.json,
    add: words(values.add),
    against: values.against,
    profile: values.profile,
    writes: values.write || isWhole,
  }
}

const words = (text: string): readonly string[] => text.split(',').filter((word) => word !== '')

function oneOf(flag: string, text: string | undefined, known: readonly string[]): readonly string[] {
  const named = text === undefined ? known : words(text)
  const unknown = named.filter((word) => !known.includes(word))
  if (unknown.length > 0 || named.length === 0)
    throw new TypeError(`${flag} takes ${known.join(', ')}, not ${unknown.join(', ')}`)
  return named
}

function atLeast(least: number, flag: string, text: string): number {
  const number = Number(text)
  if (!(number >= least)) throw new TypeError(`${flag} is a number from ${least}, not ${text}`)
  return number
}
