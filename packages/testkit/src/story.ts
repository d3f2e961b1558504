import { after, test } from 'node:test'
import { Actor } from './actor.ts'
import { type Grouping, startCluster } from './cluster.ts'
import { Deadline } from './deadline.ts'
import { type EmbeddedOptions, startEmbedded } from './embedded.ts'
import type { House } from './house.ts'
import { Stranger, type StrangerOptions } from './stranger.ts'

/** Everything a story may wait for, together. */
const STORY_MS = 30_000

const NAMES = ['romeo', 'juliet', 'mercutio', 'tybalt', 'nurse', 'benvolio'] as const

/** Who can take part in a story. Accounts are fresh, and made when someone first logs in. */
export type Cast = Readonly<Record<(typeof NAMES)[number], Actor>>

/** What a story is given. */
export interface Stage extends Cast {
  readonly house: House
  readonly deadline: Deadline
  /** A connection that nobody has logged in on. */
  readonly stranger: (options?: StrangerOptions) => Promise<Stranger>
}

/** When a story is told. */
export interface Telling {
  /** Why it makes sense in the embedded form alone. */
  readonly onlyEmbedded?: string
}

/** Tells one story: the title names document and section. */
export type Story = (title: string, tell: (stage: Stage) => Promise<void>, telling?: Telling) => void

/** How the stories of a file are told. */
export interface StoryOptions extends EmbeddedOptions {
  /** Time for everything one story waits for. */
  readonly deadlineMs?: number
}

/** The forms in which the server runs, and the stories with it. */
export type Form = 'embedded' | Grouping

const isForm = (name: string): name is Form => ['embedded', 'grouped', 'separate'].includes(name)

/** The form that the environment names (JABIRU_TEST_FORM); the embedded one unless it does. */
export function formOfRun(): Form {
  const name = process.env['JABIRU_TEST_FORM'] ?? 'embedded'
  if (isForm(name)) return name
  throw new Error(`JABIRU_TEST_FORM is '${name}'; there are embedded, grouped and separate`)
}

/** For the options of a test that makes sense in the embedded form alone, and why; where another runs, it says so and does nothing else. */
export function onlyEmbedded(because: string): { readonly skip: string | false } {
  const form = formOfRun()
  return { skip: form === 'embedded' ? false : `not ${form}: ${because}` }
}

/** Starts a house: in the form of this run, or that of the module the environment names (JABIRU_TEST_HOUSE). */
export async function startHouse(options: EmbeddedOptions = {}): Promise<House> {
  const other = process.env['JABIRU_TEST_HOUSE']
  if (other !== undefined && other !== '') {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- whoever names the module vouches for it
    const { start } = (await import(other)) as { start: typeof startEmbedded }
    return start(options)
  }
  const form = formOfRun()
  if (form === 'embedded') return startEmbedded(options)
  return startCluster({ grouping: form, ...(options.env === undefined ? {} : { env: options.env }) })
}

/** Stories told against one server, started at the first and stopped after the last, in whatever files they stand. */
export function storiesOf(options: StoryOptions = {}): Story {
  const { deadlineMs = STORY_MS, ...house } = options
  let started: Promise<House> | undefined
  let left = 0
  const stop = async () => {
    const running = started
    started = undefined
    await (await running)?.stop()
  }
  // Where the last one was not told.
  after(stop)
  return (title, tell, telling = {}) => {
    const { skip } = telling.onlyEmbedded === undefined ? { skip: false } : onlyEmbedded(telling.onlyEmbedded)
    if (skip === false) left++
    void test(title, { skip }, async () => {
      started ??= startHouse(house)
      try {
        await perform(await started, deadlineMs, tell)
      } finally {
        left--
        if (left === 0) await stop()
      }
    })
  }
}

async function perform(house: House, deadlineMs: number, tell: (stage: Stage) => Promise<void>): Promise<void> {
  using deadline = new Deadline(deadlineMs)
  deadline.witness(() => `the server said:\n${house.said()}`)
  const before = house.faults().length
  const [romeo, juliet, mercutio, tybalt, nurse, benvolio] = cast(house, deadline)
  const actors = { romeo, juliet, mercutio, tybalt, nurse, benvolio }
  const strangers: Stranger[] = []
  const stranger = async (options: StrangerOptions = {}) => {
    const connected = await Stranger.connects(house, deadline, options)
    strangers.push(connected)
    return connected
  }
  try {
    await tell({ ...actors, house, deadline, stranger })
    checkFaults(house, before, deadline)
  } finally {
    for (const actor of Object.values(actors)) {
      for (const device of actor.devices) if (device.hasConnected) device.connection.destroy()
    }
    for (const { connection } of strangers) connection.destroy()
  }
}

function cast(house: House, deadline: Deadline): readonly [Actor, Actor, Actor, Actor, Actor, Actor] {
  const make = (name: (typeof NAMES)[number]) => new Actor(name, house, deadline)
  return [make('romeo'), make('juliet'), make('mercutio'), make('tybalt'), make('nurse'), make('benvolio')]
}

/** A server that logs a fault of its own while a story is told fails the story, whatever the client saw. */
function checkFaults(house: House, before: number, deadline: Deadline): void {
  const faults = house.faults().slice(before)
  if (faults.length > 0) throw new Error(`the server had faults:\n${faults.join('\n')}\n\n${deadline.account()}`)
}
