import { SERVICES } from '@jabiru/standalone'
import { isEmbedded, servicesOf, startHouse } from '../house.ts'
import { serve } from '../serve.ts'
import { CONFIG_OPTION, settings } from '../settings.ts'
import { type Terminal, UsageFault } from '../terminal.ts'
import { noMore, parse } from '../usage.ts'

/** `start [--config <file>]`: every service in this process. */
export async function start(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parse(args, CONFIG_OPTION)
  noMore(positionals)
  const loaded = settings(terminal, values.config)
  const embedded = isEmbedded(loaded.config)
  return serve({ ...loaded, startHouse: startHouse(SERVICES), embedded, listens: true }, terminal)
}

/** `run <service>… [--config <file>]`: some services in this process. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parse(args, CONFIG_OPTION)
  if (positionals.length === 0) throw new UsageFault('run takes the names of services')
  const loaded = settings(terminal, values.config)
  const services = servicesOf(positionals, loaded.config)
  const embedded = isEmbedded(loaded.config)
  const listens = services.includes('connection-manager')
  return serve({ ...loaded, startHouse: startHouse(services), embedded, listens }, terminal)
}
