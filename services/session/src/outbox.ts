/**
 * What an account says, in the order in which its mailbox decided it: a slot that waits for its commit
 * holds back those behind it, whether or not they have something to wait for.
 */
export interface Outbox {
  /** Runs `say` when everything before it has been said; with `ready`, not before that has settled either. */
  readonly add: (say: () => void) => void
  readonly addWhen: <T>(ready: Promise<T>, say: (value: T) => void, otherwise: (fault: unknown) => void) => void
  readonly empty: () => boolean
}

interface Slot {
  say: (() => void) | undefined
}

/** `onFault` is told what a slot throws; those behind it have their say all the same. */
export function createOutbox(onFault: (fault: unknown) => void): Outbox {
  const slots: Slot[] = []

  const run = (say: () => void) => {
    try {
      say()
    } catch (fault) {
      onFault(fault)
    }
  }

  const drain = () => {
    for (let head = slots[0]; head?.say !== undefined; head = slots[0]) {
      slots.shift()
      run(head.say)
    }
  }

  return {
    add: (say) => {
      if (slots.length === 0) return run(say)
      slots.push({ say })
    },
    addWhen: (ready, say, otherwise) => {
      const slot: Slot = { say: undefined }
      slots.push(slot)
      ready.then(
        (value) => {
          slot.say = sayingOf(say, value)
          drain()
        },
        (fault: unknown) => {
          slot.say = sayingOf(otherwise, fault)
          drain()
        },
      )
    },
    empty: () => slots.length === 0,
  }
}

/** Not where it is assigned: V8 makes a function literal that is assigned to a property among what is old, with all it leads to. */
const sayingOf =
  <T>(say: (what: T) => void, what: T) =>
  () =>
    say(what)

/** What goes elsewhere in its turn, as `add` has it. Settles as the deed does; rejects with what it throws. */
export function depart<Done extends Promise<void> | void>(outbox: Outbox, deed: () => Done): Done | Promise<void> {
  if (outbox.empty()) return deed()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  outbox.add(() => settle(deed, resolve, reject))
  return promise
}

/** The same as `addWhen` has it: rejects, and does nothing, where `ready` rejects. */
export function departWhen<T>(outbox: Outbox, ready: Promise<T>, deed: (value: T) => Promise<void>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  outbox.addWhen(ready, (value) => settle(() => deed(value), resolve, reject), reject)
  return promise
}

/** A fault of ours is for who waits: the outbox would tell of it, and what it was for would wait for ever. */
function settle(
  deed: () => Promise<void> | void,
  resolve: (done: Promise<void> | void) => void,
  reject: (fault: unknown) => void,
): void {
  try {
    resolve(deed())
  } catch (fault) {
    reject(fault)
  }
}
