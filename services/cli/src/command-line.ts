import { StopDeadline, UserFault } from '@jabiru/runtime'
import { nearestCommand } from './nearest-command.ts'
import { type Terminal, UsageFault } from './terminal.ts'
import { version } from './version.ts'

/** Does what its arguments say; resolves to the exit code. Throws UserFault and UsageFault. */
export type Command = (args: readonly string[], terminal: Terminal) => Promise<number>

interface Entry {
  /** What may follow the name. */
  readonly takes: string
  readonly does: string
  /** Loaded when called: `jabiru test` must start also where a service does not compile. */
  readonly load: () => Promise<Command>
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  start: {
    takes: '[--config <file>]',
    does: 'run every service in this process',
    load: async () => (await import('./commands/start.ts')).start,
  },
  run: {
    takes: '<service>… [--config <file>]',
    does: 'run some services in this process',
    load: async () => (await import('./commands/start.ts')).run,
  },
  user: {
    takes: 'add|passwd|remove|list|import [<address>] [--password <text>]',
    does: 'keep accounts; import reads lines of address and password',
    load: async () => (await import('./commands/user.ts')).user,
  },
  drain: {
    takes: '[--config <file>]',
    does: 'let the running server with these settings send its clients away, hand over and end',
    load: async () => (await import('./commands/drain.ts')).drain,
  },
  config: {
    takes: 'check|docs [--file <file>]',
    does: 'check the configuration, or write docs/configuration.md',
    load: async () => (await import('./commands/config.ts')).config,
  },
  db: {
    takes: 'migrate [--config <file>]',
    does: 'bring the database schema up to date',
    load: async () => (await import('./commands/db.ts')).db,
  },
  trace: {
    takes: '<id> [<log file>…]',
    does: 'the way of a message through all processes, by the id of its stanza or trace',
    load: async () => (await import('./commands/trace.ts')).trace,
  },
  test: {
    takes: '[fast | <file>…]',
    does: 'check the code and run its tests; fast: types, and tests that take no time',
    load: async () => (await import('./commands/checks.ts')).test,
  },
  chaos: {
    takes: '[--seed <n>] [--minutes <n>] [--clients <n>] [--soak | --outage <name> | --storm <n>] [--json <file>]',
    does: 'keep a ledger of what clients are promised while processes die',
    load: async () => (await import('./commands/checks.ts')).chaos,
  },
  churn: {
    takes: '[--connections <n>] [--width <n>] [--json]',
    does: 'make connections, drop them half-way, and hold memory against what it was',
    load: async () => (await import('./commands/checks.ts')).churn,
  },
  bench: {
    takes: '[--growth | --micro] [--only <W1,…>] [--servers <name,…>] [--runs <n>] [--json <file>]',
    does: 'the same workloads against this server and others, side by side',
    load: async () => (await import('./commands/checks.ts')).bench,
  },
  check: {
    takes: '',
    does: 'check types, lint and format',
    load: async () => (await import('./commands/checks.ts')).check,
  },
  fix: {
    takes: '',
    does: 'format, and mend what lint can mend',
    load: async () => (await import('./commands/checks.ts')).fix,
  },
}

/** Runs one command line; resolves to its exit code. */
export function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  return withFaultsTold(terminal, () => dispatch(args, terminal))
}

/** Faults become one line on standard error: code 1 for what the user can mend, 2 for a wrong call. */
export async function withFaultsTold(terminal: Pick<Terminal, 'err'>, work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof UsageFault) {
      terminal.err(`jabiru: ${error.message} (see jabiru --help)`)
      return 2
    }
    const told = error instanceof UserFault || error instanceof StopDeadline
    terminal.err(told ? `jabiru: ${error.message}` : unexpected(error))
    return 1
  }
}

async function dispatch([name, ...args]: readonly string[], terminal: Terminal): Promise<number> {
  if (name === '--version' || name === '-v') return say(terminal, version(terminal.home))
  if (name === undefined || name === 'help' || [name, ...args].some((a) => a === '--help' || a === '-h'))
    return say(terminal, help())
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (entry === undefined) throw new UsageFault(nearestCommand(name, Object.keys(COMMANDS)))
  const command = await entry.load()
  return command(args, terminal)
}

function help(): string {
  const rows = Object.entries(COMMANDS).map(
    ([name, { takes, does }]) => `  jabiru ${`${name} ${takes}`.padEnd(69)} ${does}`,
  )
  return ['Usage:', ...rows, '', 'Settings: docs/configuration.md'].join('\n')
}

function say(terminal: Terminal, text: string): number {
  terminal.out(text)
  return 0
}

function unexpected(error: unknown): string {
  return `jabiru: this should not happen: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}
