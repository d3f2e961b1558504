import { setTimeout as passes } from 'node:timers/promises'
import { dismiss, gather } from './crowd.ts'
import { attributeAt } from './frames.ts'
import type { Job, Outcome } from './job.ts'
import { lettersAmong } from './letters.ts'
import { type Line, send } from './line.ts'
import { between, outcomeOf, read } from './meter.ts'

const USERS = 200
const WARM_UP_MS = 3_000
/** Letters that each user sends before archives are read: as many as he receives, and two of these are a page. */
const LETTERS = 25
const PAGE = 2 * LETTERS
const POLL_MS = 20
const FILLING_MS = 90_000

/** A question that each user asks again and again, one at a time. */
interface Question {
  /** What is within the iq. */
  readonly type: 'get' | 'set'
  readonly payload: string
  /** What the answer, or what comes with it, must hold for each of `count`. */
  readonly mark: string
  readonly count: number
}

/** RFC 6121 §2.1.3: the roster, of 49 contacts. */
export async function rosterReads(job: Job): Promise<Outcome> {
  const faults: string[] = []
  const lines = await gather(job, USERS, { onFault: (fault) => faults.push(fault) })
  return answered(job, lines, faults, {
    type: 'get',
    payload: `<query xmlns='jabber:iq:roster'/>`,
    mark: '<item',
    count: 49,
  })
}

/** XEP-0313 §4, XEP-0059 §2.5: the last page of the archive. */
export async function archiveReads(job: Job): Promise<Outcome> {
  const faults: string[] = []
  const lines = await gather(job, USERS, { onFault: (fault) => faults.push(fault) })
  const letters = lettersAmong(job, lines, { passing: false, onArrival: () => undefined })
  for (let n = 0; n < LETTERS; n++) for (const [user] of lines.entries()) letters.send(user)
  const until = performance.now() + FILLING_MS
  for (let round = 0; !letters.isSettled(); round++) {
    if (performance.now() > until) throw new Error('the archives could not be filled in time')
    if (round % 10 === 0) letters.askAll()
    await passes(POLL_MS)
  }
  const set = `<set xmlns='http://jabber.org/protocol/rsm'><max>${PAGE}</max><before/></set>`
  const outcome = await answered(job, lines, faults, {
    type: 'set',
    payload: `<query xmlns='urn:xmpp:mam:2'>${set}</query>`,
    mark: '<result',
    count: PAGE,
  })
  return { ...outcome, sent: letters.sent(), faults: [...outcome.faults, ...letters.faults] }
}

async function answered(
  job: Job,
  lines: readonly Line[],
  faults: string[],
  { type, payload, mark, count }: Question,
): Promise<Outcome> {
  let [asked, done, isRunning] = [0, 0, true]
  let took: number[] = []
  const ask = (line: Line): undefined => {
    const [id, began] = [`q${asked++}`, performance.now()]
    let marks = 0
    line.hear = (_, name, text, start, end) => {
      if (name !== 'iq' && name !== 'message') return
      for (let at = text.indexOf(mark, start); at !== -1 && at < end; at = text.indexOf(mark, at + 1)) marks++
      if (name !== 'iq' || attributeAt(text, 'id', start, end) !== id) return
      if (marks !== count) faults.push(`user ${line.user} was given ${marks} of ${count}`)
      done++
      took.push(performance.now() - began)
      if (isRunning) ask(line)
    }
    send(line, `<iq type='${type}' id='${id}'>${payload}</iq>`)
  }
  for (const line of lines) ask(line)
  await passes(WARM_UP_MS)
  const [before, first] = [read(job.root), done]
  took = []
  await passes(job.seconds * 1000)
  const [used, answers, measured] = [between(before, read(job.root)), done - first, [...took]]
  isRunning = false
  dismiss(lines)
  return outcomeOf(answers, used, faults, measured)
}
