import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type Settings, spawnJabiru } from './server-process.ts'

/** The command line would not make an account. */
export class AccountRefused extends Error {
  override readonly name = 'AccountRefused'
}

interface Waiting {
  readonly resolve: () => void
  readonly reject: (fault: Error) => void
}

/** One `jabiru user import` that stays: an account costs a line, not the start of a process. */
export class AccountMaker {
  readonly #child: ChildProcess
  readonly #waiting = new Map<string, Waiting>()

  constructor(settings: Settings) {
    const child = spawnJabiru(['user', 'import'], settings)
    this.#child = child
    const { stdout, stderr, stdin } = child
    if (stdout === null || stderr === null || stdin === null) throw new Error('all three are pipes')
    createInterface({ input: stdout }).on('line', (line) => this.#made(line))
    createInterface({ input: stderr }).on('line', (line) => this.#fails(line))
    child.on('close', () => this.#fails('the command line is gone'))
    stdin.on('error', (fault) => this.#fails(fault.message))
  }

  /** Settles when the account is there. Rejects with AccountRefused. */
  add(jid: string, password: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    if (this.#isGone) return Promise.reject(new AccountRefused('the command line is gone'))
    this.#waiting.set(jid, { resolve: () => resolve(undefined), reject })
    this.#child.stdin?.write(`${jid} ${password}\n`)
    return promise
  }

  async end(): Promise<void> {
    if (this.#isGone) return
    this.#child.stdin?.end()
    await once(this.#child, 'close')
  }

  get #isGone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  #made(line: string): void {
    const [, jid = ''] = /^added (.*)$/.exec(line) ?? []
    this.#waiting.get(jid)?.resolve()
    this.#waiting.delete(jid)
  }

  /** What it complains of is nothing that the kit asks for, so all that wait are told. */
  #fails(line: string): void {
    for (const { reject } of this.#waiting.values()) reject(new AccountRefused(line))
    this.#waiting.clear()
  }
}
