import { type DestinationStream, pino, stdTimeFunctions } from 'pino'
import type { Config } from './config/schema.ts'
import { logLine } from './log-line.ts'

/** Writes one line: what is known, then the name of the event in snake_case. Never the text of a message. */
export type LogLine = (fields: object, event: string) => void

/** The log of a service or of a part of it. */
export interface Log {
  readonly error: LogLine
  readonly warn: LogLine
  readonly info: LogLine
  readonly debug: LogLine
  readonly trace: LogLine
  /** A log that adds `fields` to every line. */
  readonly child: (fields: object) => Log
}

/** Names under which something secret may come along; their values are never written. */
const SECRETS = ['password', 'secret', 'token', 'authorization', 'cookie'].flatMap((name) => [name, `*.${name}`])

const standardError: DestinationStream = {
  // The stream, not the descriptor: a full pipe makes it wait, where a bare write would throw into whoever logs.
  write: (text) => {
    process.stderr.write(text)
  },
}

/** Where a log goes and how it looks. */
export interface LogTarget {
  /** Takes whole lines. Standard error unless given. */
  readonly destination?: DestinationStream
  /** Whether `auto` means a line for people. */
  readonly isTerminal?: boolean
}

/** Opens the log: JSON lines, or one plain line each for people at a terminal. */
export function createLog({ level, format }: Config['log'], target: LogTarget = {}): Log {
  const { destination = standardError, isTerminal = process.stderr.isTTY } = target
  const plain = format === 'line' || (format === 'auto' && isTerminal)
  const options = {
    level,
    base: null,
    messageKey: 'event',
    timestamp: stdTimeFunctions.isoTime,
    redact: { paths: SECRETS, censor: '***' },
    formatters: { level: (label: string) => ({ level: label }) },
  }
  const forPeople: DestinationStream = {
    write: (text) => {
      destination.write(logLine(text))
    },
  }
  return logOf(pino(options, plain ? forPeople : destination))
}

function logOf(inner: ReturnType<typeof pino>): Log {
  return {
    error: (fields, event) => inner.error(fields, event),
    warn: (fields, event) => inner.warn(fields, event),
    info: (fields, event) => inner.info(fields, event),
    debug: (fields, event) => inner.debug(fields, event),
    trace: (fields, event) => inner.trace(fields, event),
    child: (fields) => logOf(inner.child(fields)),
  }
}
