import type { Jid } from '@jabiru/jid'
import type { DiscoInfo, DiscoItem } from '@jabiru/protocol'
import type { Feature } from '@jabiru/runtime'
import type { Stanza } from '@jabiru/stanza'
import type { Element } from '@jabiru/xml'
import type { Account, Session } from './account.ts'

/** An iq request that this service answers itself. */
export interface IqRequest {
  readonly iq: Stanza
  readonly payload: Element
  readonly from: Jid
  /** The account that is asked, or whose client asks the server. */
  readonly account: Account
  /** The asking client's session; undefined when somebody else asks. */
  readonly session: Session | undefined
}

/** Whom a request may be addressed to: the server, the asker's own account, or anybody's account. */
export type Addressee = 'server' | 'own-account' | 'account'

export interface IqRoute {
  readonly type: 'get' | 'set'
  readonly name: string
  readonly ns: string
  readonly at: readonly Addressee[]
  /** What the result holds. Throws Refusal. */
  readonly answer: (request: IqRequest) => readonly Element[] | Promise<readonly Element[]>
}

/** Nodes of the server that a feature answers for (XEP-0030 §3.2): undefined for one that is not its own. Throws Refusal. */
export interface DiscoNodes {
  readonly info: (node: string, request: IqRequest) => Omit<DiscoInfo, 'node'> | undefined
  readonly items: (node: string, request: IqRequest) => readonly DiscoItem[] | undefined
}

/** A feature of the session service: what it claims, lists in disco#info and answers. */
export interface SessionFeature extends Feature {
  /** Listed for the account itself. XEP-0030 §3.1. */
  readonly accountDisco?: readonly string[]
  readonly iq?: readonly IqRoute[]
  readonly nodes?: DiscoNodes
}
