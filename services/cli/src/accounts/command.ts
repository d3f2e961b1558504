import { AccountExists, type Accounts, DomainNotServed, NoSuchAccount } from '@jabiru/auth'
import { type BareJid, JidError, parseBareJid } from '@jabiru/jid'
import { UserFault } from '@jabiru/runtime'

/** What the command line asks of the accounts. */
export type AccountCommand =
  | { readonly do: 'add' | 'passwd'; readonly jid: string; readonly password: string }
  | { readonly do: 'remove'; readonly jid: string }
  | { readonly do: 'list'; readonly after?: string }

/** What is said in return, line by line; `next` where a list goes on after that address. */
export interface Answer {
  readonly said: readonly string[]
  readonly next?: string
}

/** Something that carries out commands, here or in the running server. Rejects with UserFault. */
export type Perform = (command: AccountCommand) => Promise<Answer>

const PAGE = 1_000

/** Carries out commands on the accounts of this process. */
export function performOn(accounts: Accounts): Perform {
  return async (command) => {
    try {
      return await perform(accounts, command)
    } catch (error) {
      throw userFault(error, command)
    }
  }
}

async function perform(accounts: Accounts, command: AccountCommand): Promise<Answer> {
  if (command.do === 'list') return list(accounts, command.after)
  if (command.do === 'remove') return { said: [`removed ${await accounts.remove(command.jid)}`] }
  const jid = await accounts[command.do](command.jid, command.password)
  return { said: [command.do === 'add' ? `added ${jid}` : `${jid} has a new password`] }
}

async function list(accounts: Accounts, after: string | undefined): Promise<Answer> {
  const page = await accounts.list({ limit: PAGE, ...(after === undefined ? {} : { after: parseBareJid(after) }) })
  const said = page.map(({ jid, enabled }) => (enabled ? jid : `${jid} (disabled)`))
  const last: BareJid | undefined = page.length === PAGE ? page.at(-1)?.jid : undefined
  return last === undefined ? { said } : { said, next: last }
}

function userFault(error: unknown, command: AccountCommand): unknown {
  if (error instanceof AccountExists || error instanceof NoSuchAccount || error instanceof DomainNotServed)
    return new UserFault(error.message)
  if (!(error instanceof JidError)) return error
  if (error.part === 'password') return new UserFault(`the password cannot be used (${error.reason})`)
  const jid = 'jid' in command ? command.jid : ''
  return new UserFault(`'${jid}' is no address like alice@localhost (${error.message})`)
}
