import { setTimeout as passes } from 'node:timers/promises'
import { dismiss, each, enter } from '../../load/crowd.ts'
import { type Job, type Outcome, userName } from '../../load/job.ts'
import { ASK, type Line, say, send } from '../../load/line.ts'
import { PAIRS } from '../accounts.ts'
import { openGauge } from './gauge.ts'

const WIDTH = 20
const SETTLE_MS = 2_000
const WARM_UP_MS = 2_000
/** Deliveries under way for each sender, where a message has fewer. */
const UNDER_WAY = 20
const ASK_AFTER = 10
const DRAIN_MS = 30_000
const POLL_MS = 20
const FILLING = 'It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of fool'

/** Ten users each write to one other at his bare address, who has so many resources: RFC 6121 §8.5.2.1.1, all get it. */
export async function resourcePhases(job: Job): Promise<Outcome> {
  const faults: string[] = []
  const onFault = (fault: string) => void faults.push(fault)
  const resources = job.growth?.of['resources'] ?? 1
  const senders: Line[] = []
  const receivers: Line[] = []
  await each(PAIRS * resources, WIDTH, async (n) => {
    receivers.push(await enter(job, PAIRS + (n % PAIRS), { onFault, resource: `r${Math.floor(n / PAIRS)}` }))
  })
  await each(PAIRS, WIDTH, async (n) => (senders[n] = await enter(job, n, { onFault })))
  await passes(SETTLE_MS)

  let [isRunning, sent, arrived] = [true, 0, 0]
  const write = (n: number): undefined => {
    const line = senders[n]
    if (line === undefined) return
    sent++
    const to = `${userName(PAIRS + n)}@${job.domain}`
    send(line, `<message to='${to}' type='chat' id='l${sent}'><body>l${sent}: ${FILLING}</body></message>`)
    if (line.sent % ASK_AFTER === 0) say(line, ASK)
  }
  const left = Array.from({ length: PAIRS }, () => new Map<string, number>())
  for (const line of receivers)
    line.hear = ({ user }, name, text, start, end) => {
      if (name !== 'message') return
      const own = left[user - PAIRS]
      const body = text.indexOf('<body>', start)
      if (own === undefined || body === -1 || body > end) {
        onFault(`user ${user} was sent ${text.slice(start, end)}`)
        return
      }
      const id = text.slice(body + 6, text.indexOf(':', body))
      const missing = (own.get(id) ?? resources) - 1
      own.set(id, missing)
      if (missing > 0) return
      own.delete(id)
      arrived++
      if (isRunning) write(user - PAIRS)
    }
  for (let n = 0; n < PAIRS; n++) for (let k = 0; k < Math.max(1, UNDER_WAY / resources); k++) write(n)
  await passes(WARM_UP_MS)
  await using gauge = await openGauge(job)
  const phase = await gauge.phase(
    'chat',
    () => arrived,
    () => passes(job.seconds * 1000),
  )
  isRunning = false
  const until = performance.now() + DRAIN_MS
  const isSettled = () => arrived === sent
  while (!isSettled() && performance.now() < until) await passes(POLL_MS)
  if (!isSettled()) faults.push(`${sent - arrived} of ${sent} messages did not come to every resource`)
  dismiss([...senders, ...receivers])
  return { sent, phases: [phase], faults: faults.slice(0, 20) }
}
