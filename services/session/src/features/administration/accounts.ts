import type { BareJid } from '@jabiru/jid'
import { commandRefusal } from '@jabiru/protocol'
import { Refusal } from '@jabiru/stanza'
import type { AccountReply } from '@jabiru/wire'
import type { Asker, Command } from '../commands/command.ts'
import type { AdministrationDeps } from './deps.ts'
import { forEach, mustBeDone } from './each.ts'
import { accountIn, accounts, accountsIn, formOf, NS_ADMIN, oneAccount, password } from './fields.ts'

type Draft = Omit<Command, 'isFor'>

/** Nobody takes away from himself what he gives orders with. */
function notSelf({ account }: Asker, other: BareJid): void {
  if (account.jid === other) throw new Refusal('not-allowed', { text: 'that is your own account' })
}

/** XEP-0133 §4.1–4.4 and 4.7. NOTSPEC(XEP-0133 §4.6): no password is kept that could be told. */
export function accountCommands(deps: AdministrationDeps): readonly Draft[] {
  const disable = async (account: BareJid) => {
    mustBeDone(await deps.request({ do: 'disable', account }))
    await deps.tell({ k: 'standing-changed', account })
  }
  const enable = async (account: BareJid) => {
    mustBeDone(await deps.request({ do: 'enable', account }))
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
    {
      node: `${NS_ADMIN}#delete-user`,
      name: 'Delete User',
      stages: [
        () => formOf('Deleting a User', 'Fill out this form to delete a user.', [accounts('The accounts to delete')]),
      ],
      run: (asker, [form]) =>
        forEach(accountsIn(form), async (account) => {
          notSelf(asker, account)
          await remove(account)
        }),
    },
    {
      node: `${NS_ADMIN}#disable-user`,
      name: 'Disable User',
      stages: [
        () =>
          formOf('Disabling a User', 'Fill out this form to disable a user.', [accounts('The accounts to disable')]),
      ],
      run: (asker, [form]) =>
        forEach(accountsIn(form), async (account) => {
          notSelf(asker, account)
          await disable(account)
        }),
    },
    {
      node: `${NS_ADMIN}#reenable-user`,
      name: 'Re-Enable User',
      stages: [
        () =>
          formOf('Re-Enabling a User', 'Fill out this form to re-enable a user.', [
            accounts('The accounts to re-enable'),
          ]),
      ],
      run: (_, [form]) => forEach(accountsIn(form), enable),
    },
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
