import { setTimeout as passes } from 'node:timers/promises'
import { drained, warmedUp } from './chat.ts'
import { bodyOf, type Copies, copiesAmong, copyAt } from './copies.ts'
import { dismiss, each, gather } from './crowd.ts'
import { attributeAt } from './frames.ts'
import { type Job, type Outcome, roomsAt, userName } from './job.ts'
import { ASK_AFTER, FILLING } from './letters.ts'
import { ASK, type Line, say, send } from './line.ts'
import { between, outcomeOf, read } from './meter.ts'

/** Occupants of the room: each is sent what any of them writes. */
const OCCUPANTS = 200
const WRITERS = 5
/** Messages of a writer that are under way, so that the server is never idle: 10 in all, which are 2,000 copies. */
const PER_WRITER = 2
/** How many enter at a time. */
const WIDTH = 20
const MOST_STRANGE = 20

const MUC = 'http://jabber.org/protocol/muc'

/** What the room's occupants say and hear. */
interface Talk extends Pick<Copies, 'arrived'> {
  readonly write: (writer: number) => void
  /** Copies that are to come. */
  readonly sent: () => number
  readonly askAll: () => void
  readonly isSettled: () => boolean
  /** Milliseconds from writing to delivery, of all copies since it was last asked. */
  readonly took: () => readonly number[]
  readonly faults: () => readonly string[]
}

/** As many messages as the server delivers to a whole room, a window of them under way; a delivery is one occupant's copy. */
export async function roomFanOut(job: Job): Promise<Outcome> {
  const broken: string[] = []
  const lines = await gather(job, OCCUPANTS, { onFault: (fault) => broken.push(fault) })
  const address = `bench@${roomsAt(job.domain)}`
  await assemble(lines, address)
  let isRunning = true
  const talk: Talk = talkAmong(lines, address, (writer) => void (isRunning && talk.write(writer)))
  for (let n = 0; n < WRITERS * PER_WRITER; n++) talk.write(n % WRITERS)
  await warmedUp(talk)
  const [before, first] = [read(job.root), talk.arrived()]
  talk.took()
  await passes(job.seconds * 1000)
  const [used, deliveries, took] = [between(before, read(job.root)), talk.arrived() - first, talk.took()]
  isRunning = false
  const left = await drained(job, talk, lines)
  dismiss(lines)
  return outcomeOf(deliveries, used, [...broken, ...talk.faults(), ...left], took)
}

/** The first makes the room, then all others enter. */
async function assemble(lines: readonly Line[], address: string): Promise<undefined> {
  const [owner, ...others] = lines
  if (owner === undefined) throw new TypeError('a room needs an occupant')
  await enterRoom(owner, address)
  await unlock(owner, address)
  await each(others.length, WIDTH, async (n) => {
    const line = others[n]
    if (line !== undefined) await enterRoom(line, address)
  })
}

/** XEP-0045 §7.2.2: settles when one sees oneself among the occupants, as the last of them (status 110). */
async function enterRoom(line: Line, address: string): Promise<undefined> {
  const wish = `<x xmlns='${MUC}'><history maxstanzas='0'/></x>`
  send(line, `<presence to='${address}/${userName(line.user)}'>${wish}</presence>`)
  await heard(line, 'presence', (presence) => /<status code=['"]110['"]/.test(presence))
}

/** XEP-0045 §10.1.2: the room is to be as rooms are here; until then it is locked. */
async function unlock(line: Line, address: string): Promise<undefined> {
  const form = `<x xmlns='jabber:x:data' type='submit'/>`
  send(line, `<iq type='set' to='${address}' id='room'><query xmlns='${MUC}#owner'>${form}</query></iq>`)
  await heard(line, 'iq', (iq) => attributeAt(iq, 'id', 0, iq.length) === 'room')
}

/** Waits for a stanza. Rejects on an error, and where the connection ends. */
async function heard(line: Line, wanted: string, isIt: (stanza: string) => boolean): Promise<undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  const { hear } = line
  void line.closed.then(() => reject(new Error(`the connection of user ${line.user} ended before the room stood`)))
  line.hear = (_, name, text, start, end) => {
    if (name !== wanted) return
    if (attributeAt(text, 'type', start, end) === 'error') reject(new Error(text.slice(start, end)))
    else if (isIt(text.slice(start, end))) resolve(undefined)
  }
  await promise
  line.hear = hear
}

/** XEP-0045 §7.4: what an occupant writes comes to everybody, himself too. `onEverywhere`: when a message of this writer has. */
function talkAmong(lines: readonly Line[], address: string, onEverywhere: (writer: number) => void): Talk {
  const copies = copiesAmong(lines.length, WRITERS)
  const strange: string[] = []
  let took: number[] = []
  for (const [occupant, line] of lines.entries())
    line.hear = (_, name, text, start, end) => {
      if (name !== 'message' && name !== 'presence') return
      const type = attributeAt(text, 'type', start, end)
      const copy = copyAt(text, start, end)
      const from = copy && `${address}/${userName(copy.writer)}`
      if (type !== (name === 'message' ? 'groupchat' : undefined) || copy?.from !== from) {
        if (strange.length < MOST_STRANGE) strange.push(`user ${line.user} was sent ${text.slice(start, end)}`)
        return
      }
      if (copy === undefined) return
      const arrival = copies.arrive(occupant, copy, performance.now())
      if (arrival === undefined) return
      took.push(arrival.took)
      if (arrival.isLast) onEverywhere(copy.writer)
    }
  return {
    arrived: copies.arrived,
    sent: copies.due,
    write: (n) => {
      const line = lines[n]
      if (line === undefined) return
      const seq = copies.write(n, performance.now())
      const head = `<message to='${address}' type='groupchat' id='${n}:${seq}'>`
      send(line, `${head}<body>${bodyOf(n, seq, FILLING)}</body></message>`)
      if (seq % ASK_AFTER === ASK_AFTER - 1) say(line, ASK)
    },
    askAll: () => {
      for (const line of lines) say(line, ASK)
    },
    isSettled: () => copies.arrived() === copies.due() && lines.every(({ sent, confirmed }) => confirmed >= sent),
    took: () => {
      const taken = took
      took = []
      return taken
    },
    faults: () => [...copies.faults, ...strange],
  }
}
