import { type Config, UserFault } from '@jabiru/runtime'
import { SERVICES, type ServiceName, startStandalone } from '@jabiru/standalone'
import type { House, HouseParts } from './serve.ts'
import { UsageFault } from './terminal.ts'

/** Starts services in this process. The one place that knows how they are composed. */
export const startHouse =
  (services: readonly ServiceName[]) =>
  (parts: HouseParts): Promise<House> =>
    startStandalone({ ...parts, services })

/**
 * The services that are named, checked against what the configuration says of the engines they would share.
 * @throws UsageFault for a name that is none
 * @throws UserFault for a part of them without something to meet on
 */
export function servicesOf(names: readonly string[], { nats, redis, postgres }: Config): readonly ServiceName[] {
  const known: readonly string[] = SERVICES
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new UsageFault(`unknown service '${unknown}'; there are ${SERVICES.join(', ')}`)
  const wanted = SERVICES.filter((name) => names.includes(name))
  const missing = SERVICES.filter((name) => !names.includes(name))
  const unset = [
    ...(nats.url === undefined ? ['JABIRU_NATS_URL'] : []),
    ...(redis.url === undefined ? ['JABIRU_REDIS_URL'] : []),
    ...(postgres.url === undefined ? ['JABIRU_POSTGRES_URL'] : []),
  ]
  if (missing.length === 0 || unset.length === 0) return wanted
  throw new UserFault(
    `services in several processes meet on NATS, Redis and Postgres: set ${unset.join(', ')}, or add ${missing.join(', ')}`,
  )
}

/** Whether what lasts lies in the data folder, which one process holds alone. */
export const isEmbedded = ({ postgres }: Config): boolean => postgres.url === undefined
