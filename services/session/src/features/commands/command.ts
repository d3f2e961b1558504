import type { FullJid } from '@jabiru/jid'
import type { CommandNote, Form, Submission } from '@jabiru/protocol'
import type { Element } from '@jabiru/xml'
import type { IqRequest } from '../../feature.ts'

/** Who runs a command. */
export interface Asker extends Pick<IqRequest, 'account'> {
  readonly jid: FullJid
}

/** What a command has come to. Where it failed there is a note of type error (XEP-0050 §3.6). */
export interface Outcome {
  readonly payload?: Element
  readonly notes?: readonly CommandNote[]
}

/** A command that clients can run at the server. XEP-0050. */
export interface Command {
  readonly node: string
  readonly name: string
  /** Who may see it and run it. */
  readonly isFor: (asker: Asker) => boolean
  /** The forms that are filled in one after the other, each made of what the ones before it were filled in with. */
  readonly stages: readonly ((filled: readonly Submission[]) => Form)[]
  /** Throws Refusal; then it may be tried again, with the last form filled in anew. */
  readonly run: (asker: Asker, filled: readonly Submission[]) => Promise<Outcome>
}
