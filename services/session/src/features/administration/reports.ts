import type { BareJid } from '@jabiru/jid'
import { bareOf, isBare, resourceOf } from '@jabiru/jid'
import { commandRefusal, formatDateTime, renderForm } from '@jabiru/protocol'
import { NS, Refusal } from '@jabiru/stanza'
import type { AccountFacts } from '@jabiru/wire'
import { type Element, el, parseElement } from '@jabiru/xml'
import { notDone } from '../../auth.ts'
import type { Command } from '../commands/command.ts'
import type { AdministrationDeps } from './deps.ts'
import { accountIn, accounts, accountsIn, formOf, NS_ADMIN, oneAccount, resultOf } from './fields.ts'

type Draft = Omit<Command, 'isFor'>

/** Addresses whose sessions one command ends, and accounts of which one command tells. */
const MOST = 100

/** XEP-0133 §4.5 and 4.8–4.10. */
export function reportCommands(deps: AdministrationDeps): readonly Draft[] {
  const facts = async (account: BareJid): Promise<AccountFacts> => {
    const answer = await deps.question({ about: account })
    if (answer === 'failed' || !('account' in answer)) throw notDone()
    if (answer.account === null) throw new Refusal('item-not-found', { text: 'there is no such account' })
    return answer.account
  }
  return [
    {
      node: `${NS_ADMIN}#end-user-session`,
      name: 'End User Session',
      stages: [
        () =>
          formOf('Ending a User Session', 'Fill out this form to end a user’s session.', [
            accounts('The accounts, or single resources of them, whose sessions end'),
          ]),
      ],
      run: async (_, [form]) => {
        const jids = form?.jids('accountjids') ?? []
        if (jids.length > MOST) throw commandRefusal('bad-payload', `no more than ${MOST} at once`)
        for (const jid of jids) {
          const account = bareOf(jid)
          if (!isBare(account)) throw commandRefusal('bad-payload', 'a domain has no sessions')
          await facts(account)
        }
        for (const jid of jids) {
          const account = bareOf(jid)
          const resource = resourceOf(jid)
          if (isBare(account))
            await deps.tell({ k: 'end-sessions', account, ...(resource === undefined ? {} : { resource }) })
        }
        return {}
      },
    },
    {
      node: `${NS_ADMIN}#get-user-roster`,
      name: 'Get User Roster',
      stages: [
        () =>
          formOf('Getting a User’s Roster', 'Fill out this form to get a user’s roster.', [
            accounts('The accounts for which to retrieve the roster'),
          ]),
      ],
      run: async (_, [form]) => {
        const rosters: Element[] = []
        for (const account of accountsIn(form)) {
          await facts(account)
          const items = await deps.look.rosterOf(account)
          rosters.push(el('query', NS.roster, {}, ...items.map((item) => parseElement(item, NS.roster))))
        }
        const named = resultOf({ var: 'accountjids', values: form?.values('accountjids') ?? [] })
        const result = renderForm(named)
        return { payload: { ...result, children: [...result.children, ...rosters] } }
      },
    },
    {
      node: `${NS_ADMIN}#get-user-lastlogin`,
      name: 'Get User Last Login Time',
      stages: [
        () =>
          formOf('Getting a User’s Last Login Time', 'Fill out this form to get a user’s last login time.', [
            accounts('The account for which to retrieve the last login time'),
          ]),
      ],
      run: async (_, [form]) => {
        const [account, ...more] = accountsIn(form)
        if (account === undefined || more.length > 0) throw commandRefusal('bad-payload', 'one account at a time')
        const { lastLogin } = await facts(account)
        const values = lastLogin === undefined ? [] : [formatDateTime(lastLogin)]
        const payload = renderForm(resultOf({ var: 'accountjids', values: [account] }, { var: 'lastlogin', values }))
        return lastLogin === undefined
          ? { payload, notes: [{ type: 'info', text: 'Nobody has logged in so far.' }] }
          : { payload }
      },
    },
    {
      node: `${NS_ADMIN}#user-stats`,
      name: 'Get User Statistics',
      stages: [
        () =>
          formOf('Get User Statistics', 'Fill out this form to gather user statistics.', [
            oneAccount('The account for statistics'),
          ]),
      ],
      // NOTSPEC(XEP-0133 §4.10): addresses and rates of clients are not counted for each account.
      run: async (_, [form]) => {
        const account = accountIn(form)
        await facts(account)
        const [items, resources] = await Promise.all([deps.look.rosterOf(account), deps.look.resourcesOf(account)])
        const result = resultOf(
          { var: 'rostersize', label: 'Number of roster items', values: [String(items.length)] },
          { var: 'onlineresources', label: 'Resources with a session', type: 'text-multi', values: resources },
        )
        return { payload: renderForm(result) }
      },
    },
  ]
}
