import { UserFault } from '@jabiru/runtime'
import { drainThrough } from '../control/client.ts'
import { controlOf } from '../control/file.ts'
import { CONFIG_OPTION, settings } from '../settings.ts'
import type { Terminal } from '../terminal.ts'
import { noMore, parse } from '../usage.ts'

/** `drain [--config <file>]`: the server that was started with the same settings sends its clients away, hands over and ends. */
export async function drain(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parse(args, CONFIG_OPTION)
  noMore(positionals)
  const file = controlOf(settings(terminal, values.config).config)
  if (!(await drainThrough(file, terminal.out)))
    throw new UserFault(
      `no server has left word of itself in ${file}: give drain the settings that it was started with`,
    )
  terminal.out('drained')
  return 0
}
