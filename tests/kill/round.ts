import { type Actor, type House, xml } from '@jabiru/testkit'
import type { Random } from '@jabiru/testkit/random'
import { child, children } from '@jabiru/xml'

import type { Ledger } from './ledger.ts'

const ROSTER = 'jabber:iq:roster'
const CONTACTS = 8

/** Who takes part in one life of the server. */
export interface Round {
  readonly house: House
  readonly sender: Actor
  readonly recipient: Actor
  readonly ledger: Ledger
  readonly random: Random
  /** Makes ids that no other round uses. */
  readonly name: string
}

/** Logs both in and compares what is there with what was promised in earlier lives. */
export async function settle({ sender, recipient, ledger }: Round): Promise<void> {
  await recipient.phone.logsIn()
  await recipient.phone.enablesManagement()
  recipient.sends(xml`<presence/>`)
  await recipient.receives(xml`<presence from="${recipient.phone}"/>`)
  await recipient.phone.writesToItself()
  for (const message of recipient.phone.takesAll()) ledger.receives(message)
  await recipient.phone.isAcknowledged()
  await sender.phone.logsIn()
  await sender.phone.enablesManagement()
  const roster = await sender.asks(xml`<iq type="get"><query xmlns="${ROSTER}"/></iq>`, xml`<iq type="result"/>`)
  const items = children(child(roster, 'query', ROSTER) ?? roster)
  ledger.checkRoster(new Map(items.map((item) => [item.attrs['jid'] ?? '', item.attrs['name']])))
}

/** Sends messages and changes the roster until a seeded amount is acknowledged, then kills the server at a seeded moment. */
export async function playUntilKilled(round: Round): Promise<void> {
  const { house, sender, recipient, ledger, random } = round
  const { management, connection } = sender.phone
  if (random.chance(0.5)) await recipient.phone.leaves()
  const traffic = new Traffic(round)
  const target = management.confirmed + random.int(20, 120)
  while (management.confirmed < target) {
    traffic.burst(random.int(1, 12))
    await sender.phone.requestsAcknowledgement()
  }
  traffic.burst(random.int(1, 40))
  connection.write("<r xmlns='urn:xmpp:sm:3'/>")
  for (let turns = random.int(0, 60); turns > 0; turns -= 1) await connection.transport.drained()
  await house.kill()
  await connection.closed()
  traffic.close()
  for (const message of recipient.phone.takesAll()) ledger.receives(message)
}

/** What the sender does in one life of the server. */
class Traffic {
  readonly #round: Round
  /** How many stanzas had been sent when this message was. */
  readonly #sent = new Map<string, number>()
  #count = 0

  constructor(round: Round) {
    this.#round = round
  }

  burst(size: number): void {
    const { sender, recipient, ledger, random, name } = this.#round
    for (let i = 0; i < size; i += 1) {
      this.#count += 1
      if (random.chance(0.2)) {
        this.#changeRoster(`c${random.int(1, CONTACTS)}@${this.#round.house.domain}`, `${name}-${this.#count}`)
        continue
      }
      const id = `${name}-${this.#count}`
      sender.sends(xml`<message to="${recipient}" type="chat" id="${id}"><body>${id}</body></message>`)
      ledger.sent.add(id)
      this.#sent.set(id, sender.phone.management.sent)
    }
  }

  /** The server is gone: what it had acknowledged is what counts. */
  close(): void {
    const { sender, ledger } = this.#round
    const { confirmed } = sender.phone.management
    for (const [id, count] of this.#sent) if (count <= confirmed) ledger.acknowledged.add(id)
  }

  #changeRoster(contact: string, name: string): void {
    const { sender, ledger } = this.#round
    ledger.asks(contact, name)
    const query = xml`<query xmlns="${ROSTER}"><item jid="${contact}" name="${name}"/></query>`
    sender.asks(xml`<iq type="set">${query}</iq>`, xml`<iq type="result"/>`).then(
      () => ledger.answers(contact, name),
      () => undefined, // The server was killed before it answered: nothing was promised.
    )
  }
}
