import assert from 'node:assert/strict'
import { type Device, xml } from '@jabiru/testkit'
import type { ClusterStage } from './stage.ts'

/** People who write to each other without end, and miss nothing, see nothing twice and nothing out of order. */
export class Chat {
  readonly #pairs: readonly (readonly [Device, Device])[]
  readonly #took: number[] = []
  #count = 0

  constructor(pairs: readonly (readonly [Device, Device])[]) {
    this.#pairs = pairs
  }

  /** So many pairs with fresh accounts, online: one of each pair on each connection manager. */
  static async begin(stage: ClusterStage, pairs: number): Promise<Chat> {
    const made = Array.from({ length: pairs }, async (_, n) => {
      const [one, other] = [stage.actor(`romeo${n}`).phone, stage.actor(`juliet${n}`).laptop] as const
      for (const device of [one, other]) {
        await device.comesOnline()
        await device.enablesManagement()
      }
      return [one, other] as const
    })
    return new Chat(await Promise.all(made))
  }

  /** How long the slowest round took so far, in ms. */
  get slowest(): number {
    return Math.max(...this.#took)
  }

  /** Everybody writes twice, and has received what the other has written. */
  async round(): Promise<void> {
    const began = performance.now()
    this.#count += 1
    await Promise.all(this.#pairs.map(([one, other]) => this.#exchange(one, other)))
    this.#took.push(performance.now() - began)
  }

  /** Rounds until it has come to pass. */
  async until(passed: () => Promise<boolean> | boolean): Promise<void> {
    do await this.round()
    while (!(await passed()))
  }

  /** No message has come but those that were written. Presence may be told again when an account changes hands. */
  async nothingElseCame(): Promise<void> {
    for (const [one, other] of this.#pairs) {
      await one.reaches(other)
      await other.reaches(one)
      const more = [...one.takesAll(), ...other.takesAll()].filter(({ name }) => name === 'message')
      assert.deepEqual(more, [])
    }
  }

  async #exchange(one: Device, other: Device): Promise<void> {
    const ids = [`m${this.#count}a`, `m${this.#count}b`]
    for (const id of ids) {
      one.sends(xml`<message to="${other}" type="chat" id="${id}"><body>${id}</body></message>`)
      other.sends(xml`<message to="${one}" type="chat" id="${id}"><body>${id}</body></message>`)
    }
    for (const device of [one, other])
      for (const id of ids) {
        const message = await device.receives(xml`<message/>`)
        assert.equal(message.attrs['id'], id, `${device.name}: lost, doubled or out of order`)
      }
  }
}
