import type { Embedded, Member } from '@jabiru/testkit'

/** A process of the server, life after life. */
export interface Process {
  readonly name: string
  /** Of this life. */
  readonly pid: () => number | undefined
  /** This life has ended, and the next has not begun. */
  readonly isGone: () => boolean
  readonly kill: () => Promise<unknown>
  /** Settles when it serves, whoever has started it again. */
  readonly restart: () => Promise<unknown>
}

export function processOf(member: Member): Process {
  return {
    name: member.name,
    pid: () => member.pid,
    isGone: () => member.isGone,
    kill: () => member.kill(),
    restart: () => served(member),
  }
}

async function served(member: Member): Promise<void> {
  for (;;) {
    try {
      return await (member.isGone ? member.restart() : member.ready())
    } catch (error) {
      // Another fault has struck it meanwhile.
      if (!String(error).includes('SIGKILL')) throw error
    }
  }
}

/** The embedded server; `start` gives its next life. */
export function onlyProcess(first: Embedded, start: () => Promise<Embedded>) {
  let house = first
  return {
    house: () => house,
    name: 'the server',
    pid: () => house.pid,
    isGone: () => house.isGone(),
    kill: () => house.kill(),
    restart: async () => {
      house = await start()
    },
  } satisfies Process & { readonly house: () => Embedded }
}
