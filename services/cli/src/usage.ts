import { type ParseArgsConfig, parseArgs } from 'node:util'
import { UsageFault } from './terminal.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/** Parses the arguments of one command. Throws UsageFault for what it does not know. */
export function parse<const O extends Options>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('ERR_PARSE_ARGS')) throw error
    throw new UsageFault(error.message.split('. ')[0] ?? error.message)
  }
}

/** Refuses more words than a command takes. */
export function noMore(words: readonly string[]): void {
  const [first] = words
  if (first !== undefined) throw new UsageFault(`unexpected '${first}'`)
}
