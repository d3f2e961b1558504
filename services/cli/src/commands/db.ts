import { openDataFolder } from '@jabiru/runtime'
import { CONFIG_OPTION, settings } from '../settings.ts'
import { openStore } from '../store.ts'
import { type Terminal, UsageFault } from '../terminal.ts'
import { noMore, parse } from '../usage.ts'

/** `db migrate [--config <file>]`: brings the schema up to date, in Postgres or in the data folder. */
export async function db(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parse(args, CONFIG_OPTION)
  const [what, ...rest] = positionals
  if (what !== 'migrate')
    throw new UsageFault(what === undefined ? 'db takes migrate' : `unknown 'db ${what}'; there is migrate`)
  noMore(rest)
  const { config } = settings(terminal, values.config)
  await using open = new AsyncDisposableStack()
  if (config.postgres.url === undefined) open.use(await openDataFolder(config.data_dir, { holding: 'brief' }))
  open.use(await openStore(config))
  terminal.out('the schema is up to date')
  return 0
}
