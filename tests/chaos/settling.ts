import { setTimeout as sleep } from 'node:timers/promises'
import { Client, type Setting } from './client.ts'

const POLL_MS = 50
/** More than a lease and a start take, and less than a session waits for its client. */
const SETTLE_MS = 60_000
const PRESENCE_MS = 15_000

/** Waits until it holds, at most so long; tells whether it does. */
export async function until(holds: () => boolean, ms: number): Promise<boolean> {
  for (const end = performance.now() + ms; !holds(); ) {
    if (performance.now() > end) return false
    await sleep(POLL_MS)
  }
  return true
}

/** Everybody is online, and each account sees the presence of those that it knows. */
export async function befriend(clients: readonly Client[]): Promise<void> {
  await mustBeNone(() => clients.filter((client) => !client.isOnline).map(({ part }) => `${part.client} is not online`))
  for (const client of clients) client.befriends()
  for (const client of clients) client.says('here')
  await mustBeNone(() => clients.flatMap((client) => wrongOf(client, clients)))
}

async function mustBeNone(wrong: () => readonly string[]): Promise<void> {
  if (await until(() => wrong().length === 0, SETTLE_MS)) return
  throw new Error(`after ${SETTLE_MS} ms ${wrong().join(', ')}`)
}

/** The faults are over: all come back and have everything acknowledged. Gives those that have not. */
export async function settle(clients: readonly Client[]): Promise<readonly string[]> {
  const settled = () => {
    for (const client of clients) if (!client.isSettled) client.asks()
    return clients.every((client) => client.isSettled)
  }
  await until(settled, SETTLE_MS)
  const stuck = clients.filter((client) => !client.isSettled)
  return stuck.map((client) => `${client.part.client} has not settled: ${client.state}`)
}

/** Each says one last thing, and all who may see it must; gives what they see instead. */
export async function lastPresence(clients: readonly Client[]): Promise<readonly string[]> {
  for (const client of clients) if (client.isOnline) client.says(`last of ${client.part.client}`)
  const wrong = () => clients.flatMap((client) => wrongOf(client, clients))
  await until(() => wrong().length === 0, PRESENCE_MS)
  return wrong()
}

/** What a client does not see as it is. */
function wrongOf({ mailbox, part }: Client, clients: readonly Client[]): readonly string[] {
  const seen = clients.filter(
    (other) => part.friends.includes(other.part.account) || part.account === other.part.account,
  )
  return seen
    .filter((other) => mailbox.seen.get(other.jid) !== other.status)
    .map((other) => `${part.client} sees ${other.part.client} as '${mailbox.seen.get(other.jid) ?? 'gone'}'`)
}

/** Where nothing but planned restarts has happened: who was seen to go, and had not gone. */
export function seenToGo(clients: readonly Client[]): readonly string[] {
  const staying = clients.filter(({ part }) => part.manages)
  return clients.flatMap(({ mailbox, part }) =>
    staying
      .map((other) => ({ other, times: mailbox.seenToGo.get(other.jid) ?? 0 }))
      .filter(({ other, times }) => times > other.mailbox.closed)
      .map(
        ({ other, times }) =>
          `${part.client} saw ${other.part.client} go ${times} times, it did ${other.mailbox.closed} times`,
      ),
  )
}

/** Logins at the same time: each costs what SCRAM costs. */
const AT_ONCE = 8

/** Each account logs in once more, and is given what waits; tells of those that are not. */
export async function lastLogins(
  accounts: readonly string[],
  setting: Omit<Setting, 'part'>,
): Promise<readonly string[]> {
  const wrong: string[] = []
  for (let first = 0; first < accounts.length; first += AT_ONCE) {
    const some = accounts.slice(first, first + AT_ONCE)
    wrong.push(...(await Promise.all(some.map((account, i) => lastLogin(account, first + i, setting)))).flat())
  }
  return wrong
}

async function lastLogin(account: string, server: number, setting: Omit<Setting, 'part'>): Promise<readonly string[]> {
  const part = { manages: true, priority: 0, habits: [], friends: [], client: `last-${account}`, account, server }
  const client = new Client({ ...setting, part })
  client.begin()
  try {
    if (!(await until(() => client.isOnline, SETTLE_MS))) return [`${account} cannot log in any more`]
    // What waits is given in order: what it writes to itself now comes after it.
    client.mailbox.writesTo(client.bare)
    const fence = `${client.mailbox.session} `
    const isGiven = () => setting.book.receipts.some((r) => r.body.startsWith(fence))
    return (await until(isGiven, SETTLE_MS)) ? [] : [`${account} is not given what waits`]
  } finally {
    await client.ends()
  }
}
