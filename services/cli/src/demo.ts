import { randomBytes } from 'node:crypto'
import { BlockList } from 'node:net'
import { AccountExists, type Accounts, NoSuchAccount } from '@jabiru/auth'
import { type Config, type DataFolder, readIfThere, writePrivate } from '@jabiru/runtime'

/** An account to try the server with. */
export interface DemoAccount {
  readonly jid: string
  readonly password: string
}

/** The demo accounts: made just now, or known from an earlier start. */
export interface Demo {
  /** The file with their passwords, which only this user can read. */
  readonly file: string
  /** Empty where they were made earlier. */
  readonly made: readonly DemoAccount[]
}

const NAMES = ['demo1', 'demo2']
const PASSWORD_BYTES = 12

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether only programs of this machine can connect. */
export function isLoopback(address: string): boolean {
  return loopback.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
}

/**
 * Makes the demo accounts at the first start, where only this machine can connect; undefined elsewhere. Those that were removed
 * since stay removed: the file remembers that they were made.
 */
export async function ensureDemo(config: Config, folder: DataFolder, accounts: Accounts): Promise<Demo | undefined> {
  const [domain] = config.domains
  if (!isLoopback(config.listen) || domain === undefined) return undefined
  const file = folder.file('demo-accounts.json')
  if ((await readIfThere(file)) !== undefined) return { file, made: [] }
  const made = NAMES.map((name) => ({
    jid: `${name}@${domain}`,
    password: randomBytes(PASSWORD_BYTES).toString('base64url'),
  }))
  const given: DemoAccount[] = []
  for (const account of made) if (await give(accounts, account)) given.push(account)
  await writePrivate(file, `${JSON.stringify(given, null, 2)}\n`)
  return { file, made: given }
}

/** A start that was cut short may have left the account without the file. False for one that is being removed since. */
async function give(accounts: Accounts, { jid, password }: DemoAccount): Promise<boolean> {
  try {
    await accounts.add(jid, password).catch(async (error: unknown) => {
      if (!(error instanceof AccountExists)) throw error
      await accounts.passwd(jid, password)
    })
    return true
  } catch (error) {
    if (error instanceof NoSuchAccount) return false
    throw error
  }
}
