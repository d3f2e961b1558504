import { type Bus, BusUnavailable, type Message, NobodyListens, RequestTimeout, type Subscription } from './bus.ts'

interface Listener {
  readonly handler: (message: Message) => void
  readonly queue: string | undefined
}

interface Options {
  /** Told when a handler throws; its message counts as delivered, and the others get theirs. */
  readonly onFault?: (fault: unknown, subject: string) => void
}

/**
 * The bus of one process. Handlers never run inside publish: what is published in one turn of the loop
 * is delivered in the next, in order.
 */
export function createInProcessBus(options: Options = {}): Bus {
  const listeners = new Map<string, Listener[]>()
  const statusListeners = new Set<(connected: boolean) => void>()
  let queue: Message[] = []
  let scheduled = false
  let open = true
  let turn = 0

  const call = (listener: Listener, message: Message) => {
    try {
      listener.handler(message)
    } catch (fault) {
      options.onFault?.(fault, message.subject)
    }
  }

  const deliver = (message: Message) => {
    const all = listeners.get(message.subject)
    if (all === undefined) return
    const served = new Map<string, Listener[]>()
    for (const listener of all.slice()) {
      if (listener.queue === undefined) call(listener, message)
      else served.set(listener.queue, [...(served.get(listener.queue) ?? []), listener])
    }
    for (const members of served.values()) {
      const member = members[turn++ % members.length]
      if (member) call(member, message)
    }
  }

  const drain = () => {
    scheduled = false
    const batch = queue
    queue = []
    for (const message of batch) deliver(message)
  }

  const enqueue = (message: Message) => {
    if (!open) throw new BusUnavailable('the bus is closed')
    queue.push(message)
    if (scheduled) return
    scheduled = true
    setImmediate(drain)
  }

  const subscribe: Bus['subscribe'] = (subject, handler, { queue } = {}) => {
    const listener: Listener = { handler, queue }
    listeners.set(subject, [...(listeners.get(subject) ?? []), listener])
    return {
      unsubscribe: () => {
        const rest = (listeners.get(subject) ?? []).filter((other) => other !== listener)
        if (rest.length > 0) listeners.set(subject, rest)
        else listeners.delete(subject)
      },
    }
  }

  const request: Bus['request'] = (subject, payload, { timeoutMs }) =>
    new Promise((resolve, reject) => {
      if (!listeners.has(subject)) return reject(new NobodyListens(subject))
      const timer = setTimeout(() => reject(new RequestTimeout(`${subject}: no answer in ${timeoutMs} ms`)), timeoutMs)
      const respond = (answer: string) => {
        // An answer travels like every other message: in a later turn of the loop.
        setImmediate(() => {
          clearTimeout(timer)
          resolve(answer)
        })
      }
      enqueue({ subject, payload, respond })
    })

  return {
    publish: (subject, payload) => enqueue({ subject, payload }),
    subscribe,
    request,
    connected: () => open,
    onConnected: (listener): Subscription => {
      statusListeners.add(listener)
      return { unsubscribe: () => void statusListeners.delete(listener) }
    },
    close: () => {
      open = false
      for (const listener of statusListeners) listener(false)
      return Promise.resolve()
    },
  }
}
