import {
  type CommandAction,
  type CommandReply,
  type CommandRequest,
  commandRefusal,
  type DiscoInfo,
  NS_COMMANDS,
  NS_FORMS,
  parseCommand,
  readSubmission,
  renderCommand,
  renderForm,
  type StageAction,
  type Submission,
} from '@jabiru/protocol'
import { defineFeature } from '@jabiru/runtime'
import { Refusal } from '@jabiru/stanza'
import { type Element, withAttrs } from '@jabiru/xml'
import type { Session } from '../../account.ts'
import type { IqRequest, SessionFeature } from '../../feature.ts'
import type { Asker, Command } from './command.ts'
import { createRunning, freshId, type Run, type Running } from './running.ts'

export interface CommandsDeps {
  /** What can be run at the server. */
  readonly commands: readonly Command[]
  /** Monotonic, in milliseconds. */
  readonly monotonic: () => number
}

/** A request that is under way, with the command that it names. */
interface Asking {
  readonly command: Command
  readonly request: CommandRequest
  readonly session: Session
  readonly asker: Asker
}

/** XEP-0050: commands that whoever may sees, and runs by filling in forms. */
export const commands = ({ commands: all, monotonic }: CommandsDeps): SessionFeature => {
  const running = createRunning(monotonic)
  const named = (node: string) => all.find((command) => command.node === node)

  const answer = async (request: IqRequest) => {
    const asked = parseCommand(request.payload)
    const command = named(asked.node)
    if (command === undefined) throw new Refusal('item-not-found')
    const asker = askerOf(request)
    if (asker === undefined || request.session === undefined || !command.isFor(asker)) throw forbidden()
    const reply = await proceed(running, { command, request: asked, session: request.session, asker })
    return [renderCommand(reply)]
  }

  return defineFeature({
    name: 'commands',
    specs: [
      { doc: 'XEP-0004', version: '2.13.2', status: 'complete' },
      { doc: 'XEP-0050', version: '1.3.0', status: 'partial', note: 'at the server, in English' },
      { doc: 'XEP-0068', version: '1.3.0', status: 'complete' },
      { doc: 'XEP-0122', version: '1.0.2', status: 'complete' },
    ],
    disco: [NS_COMMANDS],
    iq: [{ type: 'set', name: 'command', ns: NS_COMMANDS, at: ['server'], answer }],
    nodes: {
      // XEP-0050 §2.2
      info: (node, request) => {
        if (node === NS_COMMANDS) return infoOf('command-list', 'Commands')
        const command = named(node)
        if (command !== undefined && !mayRun(command, request)) throw forbidden()
        return command && infoOf('command-node', command.name)
      },
      items: (node, request) => {
        if (node !== NS_COMMANDS) return named(node) && []
        const visible = all.filter((command) => mayRun(command, request))
        const jid = String(request.iq.to)
        return visible.map((command) => ({ jid, node: command.node, name: command.name }))
      },
    },
  })
}

const infoOf = (type: string, name: string): Omit<DiscoInfo, 'node'> => ({
  identities: [{ category: 'automation', type, name }],
  features: [NS_COMMANDS, NS_FORMS],
  forms: [],
})

/** XEP-0050 §4.4. */
const forbidden = () => new Refusal('forbidden', { type: 'cancel' })

/** Commands are for clients of accounts that are here. */
const askerOf = ({ account, session }: IqRequest): Asker | undefined => session && { account, jid: session.jid }

function mayRun(command: Command, request: IqRequest): boolean {
  const asker = askerOf(request)
  return asker !== undefined && command.isFor(asker)
}

function proceed(running: Running, asking: Asking): CommandReply | Promise<CommandReply> {
  const { command, request, session } = asking
  const { node, action, sessionId: id } = request
  if (id === undefined) {
    if (action !== 'execute') throw commandRefusal('bad-action')
    if (command.stages.length === 0) return finish(running, asking, freshId(), [])
    return stage(command, running.begin(session, { node, filled: [] }), [])
  }
  const run = running.find(session, id, node)
  if (action === 'cancel') {
    running.end(session, id)
    return { node, sessionId: id, status: 'canceled' } // XEP-0050 §2.4.3
  }
  const { execute, allowed } = actionsAt(command, run)
  const step: Exclude<CommandAction, 'cancel'> = action === 'execute' ? execute : action
  if (!allowed.some((one) => one === step)) throw commandRefusal('bad-action')
  if (step === 'prev') return goTo(running, asking, id, run.filled.slice(0, -1))
  const filled = [...run.filled, fillIn(asking, run)]
  return step === 'next' ? goTo(running, asking, id, filled) : finish(running, asking, id, filled)
}

function goTo(running: Running, { command, session }: Asking, id: string, filled: readonly Submission[]): CommandReply {
  const reply = stage(command, id, filled)
  running.keep(session, id, { node: command.node, filled })
  return reply
}

/** XEP-0050 §3.4: the last form completes the command, the others lead to the next one. */
function actionsAt({ stages }: Command, { filled }: Pick<Run, 'filled'>) {
  const execute: StageAction = filled.length + 1 < stages.length ? 'next' : 'complete'
  const allowed: readonly StageAction[] = filled.length > 0 ? ['prev', execute] : [execute]
  return { execute, allowed }
}

function formAt({ stages }: Command, filled: readonly Submission[]) {
  const form = stages[filled.length]?.(filled)
  if (form === undefined) throw new RangeError('there is no such stage')
  return form
}

const stage = (command: Command, id: string, filled: readonly Submission[]): CommandReply => ({
  node: command.node,
  sessionId: id,
  status: 'executing',
  actions: actionsAt(command, { filled }),
  payload: renderForm(formAt(command, filled)),
})

/** XEP-0050 §4.4: a form that is missing, or not as it was asked for. */
function fillIn({ command, request }: Asking, { filled }: Run): Submission {
  const { form } = request
  if (form === undefined) throw commandRefusal('bad-payload', 'the form is to be filled in')
  try {
    return readSubmission(formAt(command, filled), submitted(form))
  } catch (fault) {
    if (fault instanceof Refusal) throw commandRefusal('bad-payload', fault.detail.text)
    throw fault
  }
}

/** XEP-0050 §3.5.1: one that is cancelled counts as submitted. */
const submitted = (x: Element): Element => (x.attrs['type'] === 'cancel' ? withAttrs(x, { type: 'submit' }) : x)

async function finish(
  running: Running,
  { command, session, asker }: Asking,
  id: string,
  filled: readonly Submission[],
): Promise<CommandReply> {
  // While it is done it is not done a second time.
  running.end(session, id)
  try {
    return { node: command.node, sessionId: id, status: 'completed', ...(await command.run(asker, filled)) }
  } catch (fault) {
    if (filled.length > 0) running.keep(session, id, { node: command.node, filled: filled.slice(0, -1) })
    throw fault
  }
}
