import type { Log, Readiness } from '@jabiru/runtime'

/** Readiness that also tells the log, once each, that an engine has gone away and that it is back. */
export function withNews(readiness: Readiness, log: Pick<Log, 'warn' | 'info'>): Pick<Readiness, 'block' | 'clear'> {
  const away = new Set<string>()
  return {
    block: (engine, reason) => {
      readiness.block(engine, reason)
      if (away.has(engine)) return
      away.add(engine)
      log.warn({ engine, reason }, 'engine_unavailable')
    },
    clear: (engine) => {
      readiness.clear(engine)
      if (away.delete(engine)) log.info({ engine }, 'engine_back')
    },
  }
}
