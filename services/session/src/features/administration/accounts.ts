import type { BareJid } from '@jabiru/jid'
import { commandRefusal } from '@jabiru/protocol'
import { Refusal } from '@jabiru/stanza'
import type { AccountReply } from '@jabiru/wire'
import type { Asker, Command } from '../commands/command.ts'
import type { AdministrationDeps } from './deps.ts'
import { forEach, mustBeDone } from './each.ts'
import { accountIn, accounts, accountsIn, formOf, NS_ADMIN, oneAccount, password } from './fields.ts'

type Draft = Omit<Command, 'isFor'>

type Deed = (account: BareJid, asker: Asker) => Promise<void>

/** Nobody takes away from himself what he gives orders with. */
const notOneself =
  (deed: Deed): Deed =>
  async (account, asker) => {
    if (asker.account.jid === account) throw new Refusal('not-allowed', { text: 'that is your own account' })
    await deed(account, asker)
  }

interface ForAccounts extends Pick<Draft, 'node' | 'name'> {
  readonly title: string
  readonly purpose: string
  readonly label: string
  readonly deed: Deed
}

/** A command that does the same with each account that its one form names. */
const forAccounts = ({ node, name, title, purpose, label, deed }: ForAccounts): Draft => ({
  node,
  name,
  stages: [() => formOf(title, `Fill out this form to ${purpose}.`, [accounts(label)])],
  run: (asker, [form]) => forEach(accountsIn(form), (account) => deed(account, asker)),
})

/** XEP-0133 §4.1–4.4 and 4.7. NOTSPEC(XEP-0133 §4.6): no password is kept that could be told. */
export function accountCommands(deps: AdministrationDeps): readonly Draft[] {
  const make = (standing: 'disable' | 'enable') => async (account: BareJid) => {
    mustBeDone(await deps.request({ do: standing, account }))
    await deps.tell({ k: 'standing-changed', account })
  }
  const remove = async (account: BareJid) => {
    const reply: AccountReply = await deps.request({ do: 'remove', account })
    mustBeDone(reply)
    deps.finishRemoval(account)
  }
  return [
    {
      node: `${NS_ADMIN}#add-user`,
      name: 'Add User',
      // NOTSPEC(XEP-0133 §4.1): an account has no e-mail address and no names; its vCard may have.
      stages: [
        () =>
          formOf('Adding a User', 'Fill out this form to add a user.', [
            oneAccount('The address of the account to be added'),
            password('password', 'The password for this account'),
            password('password-verify', 'Retype password'),
          ]),
      ],
      run: async (_, [form]) => {
        const [text = '', again] = [form?.value('password'), form?.value('password-verify')]
        if (text !== again) throw commandRefusal('bad-payload', 'the passwords are not the same')
        mustBeDone(await deps.request({ do: 'add', account: accountIn(form), password: text }))
        return {}
      },
    },
    forAccounts({
      node: `${NS_ADMIN}#delete-user`,
      name: 'Delete User',
      title: 'Deleting a User',
      purpose: 'delete a user',
      label: 'The accounts to delete',
      deed: notOneself(remove),
    }),
    forAccounts({
      node: `${NS_ADMIN}#disable-user`,
      name: 'Disable User',
      title: 'Disabling a User',
      purpose: 'disable a user',
      label: 'The accounts to disable',
      deed: notOneself(make('disable')),
    }),
    forAccounts({
      node: `${NS_ADMIN}#reenable-user`,
      name: 'Re-Enable User',
      title: 'Re-Enabling a User',
      purpose: 're-enable a user',
      label: 'The accounts to re-enable',
      deed: make('enable'),
    }),
    {
      node: `${NS_ADMIN}#change-user-password`,
      name: 'Change User Password',
      stages: [
        () =>
          formOf('Changing a User Password', 'Fill out this form to change a user’s password.', [
            oneAccount('The address of the account'),
            password('password', 'The password for this account'),
          ]),
      ],
      run: async (_, [form]) => {
        const text = form?.value('password') ?? ''
        mustBeDone(await deps.request({ do: 'password', account: accountIn(form), password: text }))
        return {}
      },
    },
  ]
}
