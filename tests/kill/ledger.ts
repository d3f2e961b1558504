import { child, type Element } from '@jabiru/xml'

const STANZA_ID = 'urn:xmpp:sid:0'

/** What was promised and what was kept, over all lives of the server. */
export class Ledger {
  /** Ids of all messages that were written to a socket. */
  readonly sent = new Set<string>()
  /** Ids of messages whose acknowledgement came back. */
  readonly acknowledged = new Set<string>()
  /** Ids of messages that came, with the id the server gave each. */
  readonly received = new Map<string, string>()
  /** Names of contacts by address: the one whose setting was answered last, and those that may have been set since. */
  readonly roster = new Map<string, { readonly answered: string | undefined; readonly possible: readonly string[] }>()
  readonly faults: string[] = []

  /** A message came. Coming again is allowed, under the same id of the server's. */
  receives(message: Element): void {
    const { id } = message.attrs
    if (id === undefined || !this.sent.has(id)) return
    const given = child(message, 'stanza-id', STANZA_ID)?.attrs['id'] ?? ''
    const before = this.received.get(id)
    if (before !== undefined && before !== given) this.faults.push(`${id} came as ${before} and again as ${given}`)
    this.received.set(id, given)
  }

  /** A contact is about to be given a name. */
  asks(contact: string, name: string): void {
    const { answered, possible } = this.roster.get(contact) ?? { answered: undefined, possible: [] }
    this.roster.set(contact, { answered, possible: [...possible, name] })
  }

  /** The server has answered it. Changes of one client are made in order, so earlier ones are past. */
  answers(contact: string, name: string): void {
    const possible = this.roster.get(contact)?.possible ?? []
    this.roster.set(contact, { answered: name, possible: possible.slice(possible.indexOf(name) + 1) })
  }

  /** Messages that were acknowledged and did not come. */
  get missing(): readonly string[] {
    return [...this.acknowledged].filter((id) => !this.received.has(id))
  }

  /** Compares the roster with what was answered, and takes what is there for settled. */
  checkRoster(items: ReadonlyMap<string, string | undefined>): void {
    for (const [contact, { answered, possible }] of this.roster) {
      const name = items.get(contact)
      const allowed = [answered, ...possible]
      if (!allowed.includes(name)) {
        this.faults.push(`${contact} is '${name ?? 'not there'}', answered was '${answered ?? 'nothing'}'`)
      }
      this.roster.set(contact, { answered: name, possible: [] })
    }
  }
}
