import { randomBytes } from 'node:crypto'
import type { Element } from '@jabiru/xml'
import type { Deadline } from './deadline.ts'
import { Device } from './device.ts'
import type { House } from './house.ts'
import { type Markup, xml } from './markup.ts'
import type { LoginOptions } from './session.ts'

/** What one logs in with. */
export interface Account {
  readonly username: string
  readonly password: string
}

/** An account that nobody has. */
export function freshAccount(name: string): Account {
  return {
    username: `${name}-${randomBytes(6).toString('hex')}`,
    // Characters that must be escaped in XML, in SCRAM, in PLAIN and in a shell.
    password: `p,=<&"' ${randomBytes(6).toString('hex')}`,
  }
}

/** Which of the server's addresses a device uses: an account with two devices is on two connection managers. */
const SERVERS = { phone: 0, laptop: 1, tablet: 0 } as const

/** Someone with a fresh account, born with the story. What is asked of the actor, the phone does. */
export class Actor {
  readonly name: string
  readonly username: string
  readonly password: string
  /** The bare address. */
  readonly jid: string
  readonly phone: Device
  readonly laptop: Device
  readonly tablet: Device
  readonly #house: House
  #born: Promise<void> | undefined

  /** `account` is one that exists; without it a fresh one is made when it is needed. */
  constructor(name: string, house: House, deadline: Deadline, account?: Account) {
    this.name = name
    const { username, password } = account ?? freshAccount(name)
    this.username = username
    this.password = password
    this.jid = `${this.username}@${house.domain}`
    this.#house = house
    if (account !== undefined) this.#born = Promise.resolve()
    const device = (kind: keyof typeof SERVERS) => {
      const who = { name: `${name}.${kind}`, resource: kind, server: SERVERS[kind] }
      return new Device({ ...who, owner: this, house, deadline, username, password })
    }
    this.phone = device('phone')
    this.laptop = device('laptop')
    this.tablet = device('tablet')
  }

  get devices(): readonly Device[] {
    return [this.phone, this.laptop, this.tablet]
  }

  /** Makes the account; the first login does too. */
  exists(): Promise<void> {
    this.#born ??= this.#house.addUser(this.username, this.password)
    return this.#born
  }

  /** The phone comes online. */
  comesOnline(options?: LoginOptions): Promise<void> {
    return this.phone.comesOnline(options)
  }

  sends(markup: Markup): void {
    this.phone.sends(markup)
  }

  asks(markup: Markup, expected?: Markup): Promise<Element> {
    return this.phone.asks(markup, expected)
  }

  receives(markup: Markup): Promise<Element> {
    return this.phone.receives(markup)
  }

  receivesExactly(...markups: readonly Markup[]): Promise<void> {
    return this.phone.receivesExactly(...markups)
  }

  /** See Device.receivesNothingElse; `after` may name actors, whose phones are meant. */
  receivesNothingElse({ after = [] }: { readonly after?: readonly (Actor | Device)[] } = {}): Promise<void> {
    return this.phone.receivesNothingElse({
      after: after.map((other) => (other instanceof Actor ? other.phone : other)),
    })
  }

  /** Both are subscribed to each other, both know, and nothing of it is left to be received. Both must be online. */
  async becomesFriendsWith(other: Actor): Promise<void> {
    await subscribe(this, other)
    await subscribe(other, this)
    for (const [one, two] of [
      [this, other],
      [other, this],
    ] as const) {
      const item = xml`<item jid="${two}" subscription="both"/>`
      await one.receives(xml`<iq type="set"><query xmlns="jabber:iq:roster">${item}</query></iq>`)
    }
    await this.phone.forgets()
    await other.phone.forgets()
  }
}

/** RFC 6121 §3.1: one asks, the other approves; settles when the subscription and the presence have come. */
async function subscribe(one: Actor, other: Actor): Promise<void> {
  one.sends(xml`<presence to="${other}" type="subscribe"/>`)
  await other.receives(xml`<presence from="${one}" type="subscribe"/>`)
  other.sends(xml`<presence to="${one}" type="subscribed"/>`)
  await one.receives(xml`<presence from="${other}" type="subscribed"/>`)
  await one.receives(xml`<presence from="${other.phone}"/>`)
}
