import { Refusal } from '@jabiru/stanza'
import { child, type Element, el } from '@jabiru/xml'
import { NS_FORMS } from './forms/form.ts'

export const NS_COMMANDS = 'http://jabber.org/protocol/commands'

/** XEP-0050 §4.1. */
export const COMMAND_ACTIONS = ['execute', 'cancel', 'prev', 'next', 'complete'] as const
export type CommandAction = (typeof COMMAND_ACTIONS)[number]

/** What of a command can be gone on with, at one stage of it. XEP-0050 §4.2. */
export type StageAction = Exclude<CommandAction, 'execute' | 'cancel'>

/** What is wrong with a request, where all of it is wrong in the same way. XEP-0050 §4.4. */
const FAULTS = {
  'malformed-action': 'bad-request',
  'bad-action': 'bad-request',
  'bad-locale': 'bad-request',
  'bad-payload': 'bad-request',
  'bad-sessionid': 'bad-request',
  'session-expired': 'not-allowed',
} as const
export type CommandFault = keyof typeof FAULTS

export const commandRefusal = (fault: CommandFault, text?: string): Refusal =>
  new Refusal(FAULTS[fault], { app: el(fault, NS_COMMANDS), ...(text === undefined ? {} : { text }) })

/** What a requester sends. */
export interface CommandRequest {
  readonly node: string
  readonly action: CommandAction
  readonly sessionId: string | undefined
  /** `<x xmlns='jabber:x:data'/>`, which is not read. */
  readonly form: Element | undefined
}

/** RFC 5646 §2.1, but for what it keeps of the tags of old. */
const LANGUAGE = /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/

/** Throws Refusal. */
export function parseCommand(command: Element): CommandRequest {
  const { node, action: asked = 'execute', sessionid: sessionId, 'xml:lang': lang } = command.attrs
  if (node === undefined || node === '') throw new Refusal('bad-request', { text: 'a command has a node' })
  const action = COMMAND_ACTIONS.find((known) => known === asked)
  if (action === undefined) throw commandRefusal('malformed-action')
  // NOTSPEC(XEP-0050 §3.7): a language that is one is not refused for not being ours: what is said is said in English.
  if (lang !== undefined && !LANGUAGE.test(lang)) throw commandRefusal('bad-locale')
  if (sessionId === '') throw commandRefusal('bad-sessionid')
  return { node, action, sessionId, form: child(command, 'x', NS_FORMS) }
}

/** XEP-0050 §4.3. */
export interface CommandNote {
  readonly type: 'info' | 'warn' | 'error'
  readonly text: string
}

/** What a responder sends. */
export interface CommandReply {
  readonly node: string
  readonly sessionId: string
  readonly status: 'executing' | 'completed' | 'canceled'
  /** What the requester can do next, and which of it `execute` stands for. */
  readonly actions?: { readonly execute: StageAction; readonly allowed: readonly StageAction[] }
  readonly notes?: readonly CommandNote[]
  readonly payload?: Element | undefined
}

export function renderCommand({ node, sessionId, status, actions, notes = [], payload }: CommandReply): Element {
  return el(
    'command',
    NS_COMMANDS,
    { 'xml:lang': 'en', node, sessionid: sessionId, status },
    actions &&
      el('actions', NS_COMMANDS, { execute: actions.execute }, ...actions.allowed.map((name) => el(name, NS_COMMANDS))),
    ...notes.map(({ type, text }) => el('note', NS_COMMANDS, { type }, text)),
    payload,
  )
}
