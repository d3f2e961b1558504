import { setTimeout as passes } from 'node:timers/promises'
import { drained } from '../../load/chat.ts'
import { dismiss, gather } from '../../load/crowd.ts'
import { attributeAt } from '../../load/frames.ts'
import type { Job, Outcome } from '../../load/job.ts'
import { lettersAmong } from '../../load/letters.ts'
import { type Line, send } from '../../load/line.ts'
import { ARCHIVES, rowId } from '../accounts.ts'
import type { Phase } from '../phase.ts'
import { openGauge } from './gauge.ts'

const PAGE = 50
const UNDER_WAY = 12
const WARM_UP_MS = 2_000

/** 40 users, whose archives hold so many rows, write to each other (`chat`), then read pages from anywhere in them (`pages`). */
export async function archivePhases(job: Job): Promise<Outcome> {
  const faults: string[] = []
  const lines = await gather(job, ARCHIVES, { onFault: (fault) => void faults.push(fault) })
  await using gauge = await openGauge(job)
  const phases: Phase[] = []
  let isRunning = true
  const letters = lettersAmong(job, lines, { passing: false, onArrival: (n) => void (isRunning && letters.send(n)) })
  for (let n = 0; n < ARCHIVES; n++) for (let k = 0; k < UNDER_WAY; k++) letters.send(n)
  await passes(WARM_UP_MS)
  phases.push(await gauge.phase('chat', letters.arrived, () => passes(job.seconds * 1000)))
  isRunning = false
  faults.push(...letters.faults, ...(await drained(job, letters, lines)))

  const reading = readPages(lines, (job.growth?.of['rows'] ?? 0) / ARCHIVES, (fault) => void faults.push(fault))
  await passes(WARM_UP_MS)
  phases.push(await gauge.phase('pages', reading.pages, () => passes(job.seconds * 1000)))
  dismiss(lines)
  return { sent: letters.sent(), phases, faults: faults.slice(0, 20) }
}

/** Everybody asks for the page before a row of his own, a different one each time, one at a time. XEP-0313 §4, XEP-0059 §2.3. */
function readPages(lines: readonly Line[], rows: number, onFault: (fault: string) => void) {
  let [asked, pages] = [0, 0]
  const ask = (line: Line): undefined => {
    const id = `q${asked++}`
    let results = 0
    line.hear = (_, name, text, start, end) => {
      if (name === 'message' && text.slice(start, end).includes('<result')) results++
      if (name !== 'iq' || attributeAt(text, 'id', start, end) !== id) return
      if (results !== PAGE) onFault(`user ${line.user} was given ${results} of ${PAGE}`)
      pages++
      ask(line)
    }
    // A stride that has no divisor in common with most numbers of rows comes to all of them.
    const place = PAGE + 1 + ((asked * STRIDE) % Math.max(1, rows - PAGE))
    const set = `<set xmlns='http://jabber.org/protocol/rsm'><max>${PAGE}</max><before>${rowId(place)}</before></set>`
    send(line, `<iq type='set' id='${id}'><query xmlns='urn:xmpp:mam:2'>${set}</query></iq>`)
  }
  for (const line of lines) ask(line)
  return { pages: () => pages }
}

const STRIDE = 7919
