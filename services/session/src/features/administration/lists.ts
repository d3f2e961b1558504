import { type CommandNote, type FormField, renderForm } from '@jabiru/protocol'
import { notDone } from '../../auth.ts'
import type { Command } from '../commands/command.ts'
import type { AdministrationDeps } from './deps.ts'
import { formOf, NS_ADMIN, resultOf } from './fields.ts'

type Draft = Omit<Command, 'isFor'>

/** How many accounts there are of a kind, which ones (`most` at most), and how many partitions have not answered. */
type Read = (
  deps: AdministrationDeps,
  most: number,
) => Promise<{ readonly count: number; readonly accounts: readonly string[]; readonly silent?: number }>

interface Kind {
  /** As it stands in the nodes and the fields. */
  readonly word: string
  readonly title: string
  readonly list: string
  readonly read: Read
}

const kept =
  (of: 'all' | 'disabled'): Read =>
  async ({ question }, most) => {
    const answer = await question({ of, most })
    if (answer === 'failed' || !('count' in answer)) throw notDone()
    return answer
  }

/** XEP-0133 §4.13–4.22. Active is of whom somebody looks at a client, idle of whom nobody does (XEP-0352). */
const KINDS: readonly Kind[] = [
  { word: 'registered', title: 'Registered', list: 'get-registered-users-list', read: kept('all') },
  { word: 'disabled', title: 'Disabled', list: 'get-disabled-users-list', read: kept('disabled') },
  {
    word: 'online',
    title: 'Online',
    list: 'get-online-users-list',
    read: ({ look }, most) => look.presence('online', most),
  },
  {
    word: 'active',
    title: 'Active',
    list: 'get-active-users',
    read: ({ look }, most) => look.presence('active', most),
  },
  { word: 'idle', title: 'Idle', list: 'get-idle-users', read: ({ look }, most) => look.presence('idle', most) },
]

const LENGTHS = ['25', '50', '75', '100', '150', '200']
/** No list is longer, whatever was asked for. */
const LONGEST = 1_000

/** XEP-0133 §4.18: how many are to be listed; as many as are listed at all where nothing is chosen. */
const MAX_ITEMS: FormField = {
  var: 'max_items',
  type: 'list-single',
  label: 'Maximum number of items to show',
  values: [],
  options: [...LENGTHS.map((value) => ({ value, label: value })), { value: 'none', label: 'None' }],
}

export const listCommands = (deps: AdministrationDeps): readonly Draft[] =>
  KINDS.flatMap((kind) => [countCommand(deps, kind), listCommand(deps, kind)])

const countCommand = (deps: AdministrationDeps, { word, title, read }: Kind): Draft => ({
  node: `${NS_ADMIN}#get-${word}-users-num`,
  name: `Get Number of ${title} Users`,
  stages: [],
  run: async () => {
    const found = await read(deps, 0)
    const field = { var: `${word}usersnum`, label: `The number of ${word} users`, values: [String(found.count)] }
    return { payload: renderForm(resultOf(field)), notes: silence(found.silent) }
  },
})

const listCommand = (deps: AdministrationDeps, { word, title, list, read }: Kind): Draft => ({
  node: `${NS_ADMIN}#${list}`,
  name: `Get List of ${title} Users`,
  stages: [
    () =>
      formOf(`Requesting List of ${title} Users`, `Fill out this form to request the ${word} users of this service.`, [
        MAX_ITEMS,
      ]),
  ],
  run: async (_, [form]) => {
    const chosen = form?.value('max_items') ?? 'none'
    const most = chosen === 'none' ? LONGEST : Number(chosen)
    const found = await read(deps, most)
    const values = found.accounts.slice(0, most)
    const field: FormField = { var: `${word}userjids`, type: 'jid-multi', label: `The ${word} users`, values }
    const more = found.count - values.length
    const cut: readonly CommandNote[] = more > 0 ? [{ type: 'info', text: `There are ${more} more.` }] : []
    return { payload: renderForm(resultOf(field)), notes: [...cut, ...silence(found.silent)] }
  },
})

const silence = (partitions = 0): readonly CommandNote[] =>
  partitions === 0 ? [] : [{ type: 'warn', text: `${partitions} partitions have not answered and are left out.` }]
