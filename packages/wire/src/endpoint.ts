import type { Bus } from '@jabiru/bus'
import { type Clock, partitionOf, systemClock, type Timer } from '@jabiru/cluster'
import { type Ask, createAsking } from './asking.ts'
import {
  type DownEnvelope,
  type Envelope,
  GROUPS,
  type Group,
  type InstanceRef,
  type LaneEnvelope,
} from './envelope.ts'
import { createHandOvers, type HandOvers } from './hand-overs.ts'
import { createInlet, type Handler } from './inlet.ts'
import { createOutlet, type Outlet, outletOf, sending } from './outlet.ts'
import { type Announcement, createOwners } from './owners.ts'
import { paced } from './paced.ts'
import { createPost } from './post.ts'
import { createReads } from './reads.ts'
import { subjects } from './subjects.ts'
import type { Settle } from './window.ts'

/** How often streams look for a lack of progress, and after how long they ask. */
const TICK_MS = 100
const HEARTBEAT_MS = 300
/** However many ask who owns what, it is said once in that time. */
const ANSWER_MS = 100

/** The receiver of a stream, by the name that the stream has here. */
const receiverOf = (stream: string): WindowState['to'] =>
  GROUPS.find((group) => stream.startsWith(`${group}.`)) ?? 'connection-manager'

const lanesOfEach = (): Record<Group, Outlet[]> => ({ session: [], roster: [], presence: [], archive: [] })

const stateOf = (outlet: Outlet) => ({ bytes: outlet.bytes(), envelopes: outlet.waiting() })

export interface EndpointDeps {
  readonly bus: Bus
  readonly self: InstanceRef
  readonly partitions: number
  readonly clock?: Clock
  readonly onFault: (fault: unknown, what: string) => void
  /** For those who count. */
  readonly watch?: EndpointWatch
}

/** What is told of an endpoint as it happens. */
export interface EndpointWatch {
  /** So many envelopes were sent once more. */
  readonly onResent: (envelopes: number) => void
  /** A partition is served from now on, or no longer. */
  readonly onLease: (group: Group, change: 'taken' | 'left') => void
  /** Others have what was given up of a group; for how long nobody took anything in for each partition, in ms. */
  readonly onHandedOver?: (group: Group, tookMs: readonly number[]) => void
}

/** What waits in one of the streams that an endpoint sends. */
export interface WindowState {
  readonly to: Group | 'connection-manager'
  readonly bytes: number
  readonly envelopes: number
}

/** What is to be told to a new owner of a partition, by its token. */
export type Preamble = (part: number, token: number) => readonly LaneEnvelope[]

/** A partition that is served. */
export interface Serving {
  /** Takes nothing more; settles when all that was taken is settled. */
  readonly drain: () => Promise<void>
  readonly close: () => void
}

/** What one process says and hears: numbered streams to partitions and to connection managers. */
export interface Endpoint {
  readonly self: InstanceRef
  readonly partitionOf: (address: string) => number
  /** To the owner of a partition, whoever it is by then. Resolves when it has committed the envelope. */
  readonly send: (group: Group, part: number, envelope: LaneEnvelope) => Promise<void>
  /** The same for one of many: `settled` costs less than a promise each. It never has a fault. */
  readonly post: (group: Group, part: number, envelope: LaneEnvelope, settled: Settle) => void
  /**
   * What a new owner of a partition is told before anything else is sent to it, and before what the owner before
   * had not acknowledged is sent again. One that is known already is told now.
   */
  readonly introduce: (group: Group, preamble: Preamble) => void
  /** To a connection manager. `settled` runs when it has taken the envelope over; with a fault where the manager is given up. */
  readonly postDown: (cm: InstanceRef, envelope: DownEnvelope, settled: Settle) => void
  /** The same as a promise. */
  readonly sendDown: (cm: InstanceRef, envelope: DownEnvelope) => Promise<void>
  /** Bytes that wait for an acknowledgement in the stream to a partition. */
  readonly backlog: (group: Group, part: number) => number
  /** Every stream to a partition or a connection manager. */
  readonly windows: () => readonly WindowState[]
  /** Serves a partition under a token until closed. */
  readonly serve: (group: Group, part: number, token: number, handler: Handler<LaneEnvelope>) => Serving
  /** Asks the owner of a partition to read something. Rejects when there is none, or no answer in time. */
  readonly read: Ask
  readonly serveRead: (
    group: Group,
    part: number,
    token: number,
    answer: (question: string) => Promise<string>,
  ) => { close: () => void }
  readonly serveDown: (handler: Handler<DownEnvelope>) => { close: () => void }
  /** Tells every sender which partitions of a group this process owns from now on. */
  readonly announce: (group: Group, owned: () => Announcement) => { again: () => void; close: () => void }
  /** What is given up, until others announce themselves for it. */
  readonly handOvers: Pick<HandOvers, 'begins' | 'settled'>
  /** A connection manager is dead: what waits for it is rejected. */
  readonly giveUp: (cm: InstanceRef, reason: Error) => void
  readonly close: () => void
}

export function createEndpoint(deps: EndpointDeps): Endpoint {
  const { bus, self, clock = systemClock } = deps
  /** Every stream by its name, and the lanes by where they go. */
  const outlets = new Map<string, Outlet>()
  const lanes = lanesOfEach()
  let open = true
  let lives = 0
  let due: (() => void)[] = []

  /** All that is said in one turn of the loop leaves in one: the bus writes once for it. */
  const soon = (run: () => void) => {
    due.push(run)
    if (due.length === 1) setImmediate(sayDue)
  }
  const sayDue = () => {
    const runs = due
    due = []
    for (const run of runs) guarded(run)()
  }

  const guarded = (run: () => void) => () => {
    try {
      run()
    } catch (fault) {
      // The bus is away: windows keep everything, and the next tick tries again.
      if (open && bus.connected()) deps.onFault(fault, 'send')
    }
  }

  const post = createPost({ bus, self, soon, onFault: deps.onFault })
  const reads = createReads({ bus, clock, onFault: (fault) => deps.onFault(fault, 'read') })
  const handOvers = createHandOvers({ clock, onDone: (...done) => deps.watch?.onHandedOver?.(...done) })
  const preambles = new Map<Group, Preamble>()
  const onMoved = (group: Group, part: number, token: number) => {
    handOvers.moved(group, part, token)
    const preamble = preambles.get(group)
    if (preamble) lane(group, part).moved(preamble(part, token))
    else lanes[group][part]?.moved([])
  }
  const owners = createOwners({ bus, clock, onMoved })
  const laneName = (group: Group, part: number) => `${group}.${part}`
  const downName = (cm: InstanceRef) => `down.${cm.id}.${cm.epoch}`

  const openOutlet = (stream: string, subject: () => string | undefined, onStalled: () => void): Outlet => {
    const outlet = createOutlet({
      stream,
      nextLife: () => ++lives,
      from: self,
      subject,
      publish: post.sendFrame,
      soon,
      now: clock.now,
      heartbeatMs: HEARTBEAT_MS,
      onStalled,
      onResent: (envelopes) => deps.watch?.onResent(envelopes),
    })
    outlets.set(stream, outlet)
    return outlet
  }

  const openLane = (group: Group, part: number): Outlet => {
    const subject = () => {
      const token = owners.token(group, part)
      return token === undefined ? undefined : subjects.lane(group, part, token)
    }
    const outlet = openOutlet(laneName(group, part), subject, () => owners.ask(group))
    lanes[group][part] = outlet
    return outlet
  }
  const lane = (group: Group, part: number) => lanes[group][part] ?? openLane(group, part)

  const openDown = (stream: string, cm: InstanceRef) =>
    openOutlet(
      stream,
      () => subjects.down(cm),
      () => {},
    )
  const down = (cm: InstanceRef) => {
    const stream = downName(cm)
    return outlets.get(stream) ?? openDown(stream, cm)
  }

  const serve: Endpoint['serve'] = (group, part, token, handler) => {
    const listening = listen(subjects.lane(group, part, token), handler)
    handOvers.forget(group, part)
    deps.watch?.onLease(group, 'taken')
    return {
      drain: listening.drain,
      close: () => {
        listening.close()
        deps.watch?.onLease(group, 'left')
      },
    }
  }

  const listen = <E extends Envelope>(subject: string, handler: Handler<E>) => {
    const inlet = createInlet<E>({
      handler,
      sendAck: (to, ack) => guarded(() => post.sendAck(to, ack))(),
      soon,
      onFault: (fault, envelope) => deps.onFault(fault, envelope.k),
    })
    const subscription = post.onFrames<E>(subject, inlet.onFrame)
    return {
      drain: inlet.drain,
      close: () => {
        subscription.unsubscribe()
        inlet.close()
      },
    }
  }

  const acks = post.onAcks((ack) => outlets.get(outletOf(ack.stream))?.onAck(ack))

  let timer: Timer | undefined
  const tick = () => {
    for (const one of outlets.values()) guarded(one.tick)()
    timer = clock.setTimer(TICK_MS, tick)
  }
  tick()

  return {
    self,
    partitionOf: (address) => partitionOf(address, deps.partitions),
    send: (group, part, envelope) => sending(lane(group, part), envelope),
    post: (group, part, envelope, settled) => lane(group, part).send(envelope, settled),
    introduce: (group, preamble) => {
      preambles.set(group, preamble)
      // Others of this process may have heard of owners before; what these were sent is not sent again.
      for (const [part, token] of owners.known(group)) lane(group, part).introduce(preamble(part, token))
    },
    sendDown: (cm, envelope) => sending(down(cm), envelope),
    postDown: (cm, envelope, settled) => down(cm).send(envelope, settled),
    backlog: (group, part) => lanes[group][part]?.bytes() ?? 0,
    windows: () => [...outlets].map(([name, outlet]) => ({ to: receiverOf(name), ...stateOf(outlet) })),
    serve,
    serveDown: (handler) => listen(subjects.down(self), handler),
    read: createAsking({ bus, clock, owners }),
    serveRead: (group, part, token, answer) => reads.serve(subjects.read(group, part, token), answer),
    announce: (group, owned) => {
      const again = guarded(() => bus.publish(subjects.owners(group), JSON.stringify(owned())))
      const answer = paced(clock, ANSWER_MS, again)
      const asked = bus.subscribe(subjects.askOwners(group), answer.run)
      owners.follow(group)
      again()
      return {
        again,
        close: () => {
          asked.unsubscribe()
          answer.close()
        },
      }
    },
    handOvers,
    giveUp: (cm, reason) => {
      outlets.get(downName(cm))?.abandon(reason)
      outlets.delete(downName(cm))
    },
    close: () => {
      open = false
      timer?.cancel()
      acks.unsubscribe()
      owners.close()
      reads.close()
    },
  }
}
