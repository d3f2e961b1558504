import type { EventEmitter } from 'node:events'
import { type Clock, systemClock } from '@jabiru/runtime'

/** Where signals come from: the process. */
export type SignalSource = Pick<EventEmitter, 'on' | 'off'>

/** What asks a server to stop. */
export interface StopRequests extends Disposable {
  /** Resolves with what came first: a signal, or `disconnect` when the launcher is gone. */
  readonly requested: Promise<string>
  /** Asks by another way, which has this name. */
  readonly request: (reason: string) => void
}

/** How stop requests are watched. */
export interface StopOptions {
  /** Called for a second signal: whoever waits has lost patience. */
  readonly onInsist: () => void
  readonly source?: SignalSource
  readonly clock?: Clock
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
/** Ctrl-C reaches a server up to three times at once: from the terminal, from npm and from the launcher. */
const TOGETHER_MS = 1_000

/** Watches for signals and for the end of the launcher. Signals that come together count as one. */
export function watchStop({ onInsist, source = process, clock = systemClock }: StopOptions): StopRequests {
  const { promise, resolve } = Promise.withResolvers<string>()
  let first: number | undefined
  const onSignal = (signal: string): void => {
    first ??= clock.now()
    if (clock.now() - first > TOGETHER_MS) onInsist()
    resolve(signal)
  }
  const onDisconnect = (): void => resolve('disconnect')
  for (const signal of SIGNALS) source.on(signal, onSignal)
  source.on('disconnect', onDisconnect)
  return {
    requested: promise,
    request: resolve,
    [Symbol.dispose]: () => {
      for (const signal of SIGNALS) source.off(signal, onSignal)
      source.off('disconnect', onDisconnect)
    },
  }
}
