import { setTimeout as sleep } from 'node:timers/promises'
import type { Advanced, Appended, ArchiveRow, Confirmation, Fence } from './archive-row.ts'
import { type Queries, type SqlError, StoreUnavailable } from './database.ts'
import { isRowFault, type Member, RowRefused, settleGroup } from './group-member.ts'
import { interruptible } from './interruptible.ts'
import { createPace } from './pace.ts'

/** How a writer groups, and how it waits for a database that is away. */
export interface GroupWriterOptions {
  /** The group of services whose leases fence the rows. */
  readonly service: string
  /** Rows and confirmations in one commit, at most. */
  readonly maxRows: number
  /** Bytes in one commit, at most; a larger row goes alone. */
  readonly maxBytes: number
  /** Told of each failure after which a group is tried again. */
  readonly onRetry?: (failure: StoreUnavailable) => void
  /** Told when a group that was tried again has its outcome. */
  readonly onRecovered?: () => void
  /** Told of each commit: how many rows and confirmations it held, and how long it took, in ms. */
  readonly onCommit?: (rows: number, ms: number) => void
  /** Waits between two tries; may end early when the signal is aborted. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>
}

/**
 * Gathers what is written at the same time into one commit. One commit is in flight at a time, so that readers see a
 * prefix of what was appended and nothing else:
 *
 *     append a ──┐ one turn  ┌────────────┐
 *     append b ──┴─────────▶ │ commit a b │
 *     append c ──────────────┼─┐          │  ┌──────────────┐
 *     append d, e ───────────┼─┴──────────┼▶ │ commit c d e │
 *                            └────────────┘  └──────────────┘
 */
export interface GroupWriter extends AsyncDisposable {
  /** Resolves when the row is committed, or known not to be. Rejects with RowRefused, or StoreUnavailable once closed. */
  readonly append: (row: ArchiveRow & Fence) => Promise<Appended>
  /** Stores how far an account's devices confirmed; never committed before what was appended earlier. */
  readonly advance: (confirmation: Confirmation & Fence) => Promise<Advanced>
  /** Bytes that have no outcome yet: beyond a bound of its own the caller takes no more in. */
  readonly pendingBytes: () => number
  /** Resolves when everything taken so far has its outcome. */
  readonly flush: () => Promise<undefined>
  /** Takes no more and waits for what it has, which is rejected with StoreUnavailable if the database is away. */
  readonly close: () => Promise<undefined>
}

const FIRST_WAIT_MS = 20
const LONGEST_WAIT_MS = 2_000
/** What a row takes beside its stanza, about. */
const ROW_BYTES = 300
const CONFIRMATION_BYTES = 100
const POSITION_BYTES = 10

/** Creates a writer on the database. One owner's rows go through one writer. */
export function createGroupWriter(db: Queries, options: GroupWriterOptions): GroupWriter {
  const queue: Member[] = []
  const closed = new AbortController()
  const pace = createPace()
  let pending = 0
  // Groups settle one after the other: two counts tell what is open. A set of what is open would do, and V8 keeps what
  // has been in a busy set until it collects everything.
  let [entered, settled] = [0, 0]
  let flushes: { readonly upTo: number; readonly resolve: () => void }[] = []
  let turn = 0
  let beganAt = Number.NEGATIVE_INFINITY
  let draining: Promise<undefined> | undefined

  const settles = (members: number) => {
    settled += members
    const due = flushes.filter(({ upTo }) => upTo <= settled)
    if (due.length === 0) return
    flushes = flushes.filter(({ upTo }) => upTo > settled)
    for (const { resolve } of due) resolve()
  }
  const drain = async (): Promise<undefined> => {
    await new Promise((resolve) => setImmediate(resolve))
    while (queue.length > 0) {
      const rest = beganAt + pace() - performance.now()
      if (rest > 0) await sleep(rest)
      beganAt = performance.now()
      turn += 1
      const group = takeGroup(queue, options)
      let failed = false
      const onRetry = (failure: StoreUnavailable) => {
        failed = true
        options.onRetry?.(failure)
      }
      let members = group.length
      await commitAll(db, group, { ...options, onRetry, turn, closed: closed.signal }).catch((err: unknown) => {
        const refused = [...group, ...queue.splice(0)]
        members = refused.length
        refuseAll(refused, err)
      })
      settles(members)
      if (failed) options.onRecovered?.()
    }
    draining = undefined
    return undefined
  }
  const enter = async (member: Member): Promise<Appended> => {
    if (closed.signal.aborted) throw new StoreUnavailable('the writer is closed')
    queue.push(member)
    entered += 1
    pending += member.bytes
    draining ??= drain()
    try {
      return await member.answer.promise
    } finally {
      pending -= member.bytes
    }
  }
  const flush = () =>
    new Promise<undefined>((resolve) => {
      if (settled === entered) resolve(undefined)
      else flushes.push({ upTo: entered, resolve: () => resolve(undefined) })
    })
  const close = async (): Promise<undefined> => {
    closed.abort()
    await flush()
    return draining
  }
  return {
    append: (row) => enter({ row, bytes: ROW_BYTES + Buffer.byteLength(row.stanza), answer: Promise.withResolvers() }),
    advance: async (confirmation) => {
      const bytes = CONFIRMATION_BYTES + confirmation.exceptions.length * POSITION_BYTES
      const { outcome } = await enter({ confirmation, bytes, answer: Promise.withResolvers() })
      return { outcome: outcome === 'fenced' ? 'fenced' : 'written' }
    },
    pendingBytes: () => pending,
    flush,
    close,
    [Symbol.asyncDispose]: async () => {
      await close()
    },
  }
}

/** Takes the next group out of the queue: at least one member, and no more than fit. */
function takeGroup(queue: Member[], limits: Pick<GroupWriterOptions, 'maxRows' | 'maxBytes'>): readonly Member[] {
  let bytes = 0
  const end = queue.findIndex((member, index) => {
    bytes += member.bytes
    return index > 0 && (index >= limits.maxRows || bytes > limits.maxBytes)
  })
  return queue.splice(0, end === -1 ? queue.length : end)
}

type Attempt = GroupWriterOptions & { readonly turn: number; readonly closed: AbortSignal }

/**
 * Tries until each member has its outcome: a commit whose answer was lost is tried again with the same ids. Rejects only
 * when the database is away and the writer closed.
 */
async function commitAll(db: Queries, members: readonly Member[], attempt: Attempt): Promise<undefined> {
  const { onRetry, onCommit, wait = interruptible, closed } = attempt
  let rest = members
  for (let tries = 0; rest.length > 0; tries += 1) {
    try {
      const [rows, began] = [rest.length, performance.now()]
      rest = await settleGroup(db, attempt, rest)
      onCommit?.(rows, performance.now() - began)
    } catch (err) {
      if (isRowFault(err)) return findFault(db, rest, attempt, err)
      if (!(err instanceof StoreUnavailable)) return refuseAll(rest, err)
      if (closed.aborted) throw err
      onRetry?.(err)
      await wait(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries), closed)
    }
  }
  return undefined
}

/** The bad row is found by halves, and its neighbours are committed in order. */
async function findFault(db: Queries, members: readonly Member[], attempt: Attempt, err: SqlError): Promise<undefined> {
  if (members.length === 1) return refuseAll(members, new RowRefused(err.message, { cause: err }))
  const half = members.length >> 1
  await commitAll(db, members.slice(0, half), attempt)
  return commitAll(db, members.slice(half), attempt)
}

function refuseAll(members: readonly Member[], reason: unknown): undefined {
  for (const { answer } of members) answer.reject(reason)
  return undefined
}
