import { UserFault } from '@jabiru/runtime'
import type { AccountCommand, Perform } from '../accounts/command.ts'
import { importAccounts } from '../accounts/import.ts'
import { reachAccounts } from '../accounts/reach.ts'
import { askPassword } from '../password.ts'
import { CONFIG_OPTION, settings } from '../settings.ts'
import { type Terminal, UsageFault } from '../terminal.ts'
import { noMore, parse } from '../usage.ts'

const OPTIONS = { ...CONFIG_OPTION, password: { type: 'string' } } as const

/** `user add|passwd|remove|list [<address>] [--password <text>]`, and `user import` of lines. */
export async function user(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parse(args, OPTIONS)
  const [what, jid, ...rest] = positionals
  noMore(rest)
  const { config } = settings(terminal, values.config)
  if (what === 'import') {
    noMore(jid === undefined ? [] : [jid])
    noPassword(values.password)
    await using accounts = await reachAccounts(config)
    return await importAccounts(accounts.perform, terminal)
  }
  const command = await commandOf({ what, jid, password: values.password }, terminal)
  await using accounts = await reachAccounts(config)
  await carryOut(accounts.perform, command, terminal)
  return 0
}

interface Words {
  readonly what: string | undefined
  readonly jid: string | undefined
  readonly password: string | undefined
}

async function commandOf({ what, jid, password }: Words, terminal: Terminal): Promise<AccountCommand> {
  if (what !== 'add' && what !== 'passwd') noPassword(password)
  if (what === 'list') {
    noMore(jid === undefined ? [] : [jid])
    return { do: 'list' }
  }
  if (what !== 'add' && what !== 'passwd' && what !== 'remove')
    throw new UsageFault(
      what === undefined
        ? 'user takes add, passwd, remove, list or import'
        : `unknown 'user ${what}'; there are add, passwd, remove, list and import`,
    )
  if (jid === undefined) throw new UsageFault(`user ${what} takes an address, like alice@localhost`)
  if (what === 'remove') return { do: 'remove', jid }
  return { do: what, jid, password: notEmpty(password ?? (await askPassword(`Password for ${jid}: `, terminal))) }
}

function noPassword(password: string | undefined): void {
  if (password !== undefined) throw new UsageFault('--password belongs to add and passwd')
}

/** NOTSPEC(RFC 6120 §13.9.4): how strong a password must be is left to whoever makes the account. */
function notEmpty(password: string): string {
  if (password === '') throw new UserFault('the password is empty')
  return password
}

async function carryOut(perform: Perform, command: AccountCommand, terminal: Terminal): Promise<void> {
  const { said, next } = await perform(command)
  for (const line of said) terminal.out(line)
  if (next !== undefined) await carryOut(perform, { do: 'list', after: next }, terminal)
}
