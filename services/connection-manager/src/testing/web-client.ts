import { WebSocket } from 'ws'

/** A WebSocket that sends what it is told to, and hands out messages one by one. */
export class WebClient {
  readonly socket: WebSocket
  readonly #messages: string[] = []
  #ended = false
  #wake: (() => void)[] = []

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => {
      if (data instanceof Buffer) this.#messages.push(data.toString())
      this.#tell()
    })
    socket.on('close', () => {
      this.#ended = true
      this.#tell()
    })
    socket.on('error', () => undefined)
  }

  /** Rejects where the server does not speak XMPP over WebSocket there. */
  static async connect(url: string, protocol = 'xmpp'): Promise<WebClient> {
    const socket = new WebSocket(url, [protocol], { rejectUnauthorized: false })
    const client = new WebClient(socket)
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return client
  }

  send(frame: string): this {
    this.socket.send(frame)
    return this
  }

  open(attrs = `to='localhost' version='1.0'`): this {
    return this.send(`<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' ${attrs}/>`)
  }

  /** The next message. Rejects if the connection ends before. */
  async next(): Promise<string> {
    for (;;) {
      const message = this.#messages.shift()
      if (message !== undefined) return message
      if (this.#ended) throw new Error('ended')
      await this.#news()
    }
  }

  /** Waits for the end and returns the messages until then. */
  async end(): Promise<readonly string[]> {
    while (!this.#ended) await this.#news()
    return this.#messages.splice(0)
  }

  /** Authenticated and bound. */
  async login(user = 'alice', password = 'secret'): Promise<this> {
    const data = Buffer.from(`\0${user}\0${password}`).toString('base64')
    this.open()
    await this.next()
    await this.next()
    this.send(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${data}</auth>`)
    await this.next()
    this.open()
    await this.next()
    await this.next()
    this.send(
      `<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>web</resource></bind></iq>`,
    )
    await this.next()
    return this
  }

  #tell(): void {
    const wake = this.#wake
    this.#wake = []
    for (const run of wake) run()
  }

  #news(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve))
  }
}
