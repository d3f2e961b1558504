import { createHash } from 'node:crypto'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'

const HEADER = (attrs: string) =>
  `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' ${attrs}>`

/** A client that says what it is told to, and waits for text. */
export class RawClient {
  #socket: Socket
  #text = ''
  #ended = false
  #wake: (() => void)[] = []

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#listen(socket)
  }

  /** A plain connection. */
  static async tcp(port: number, host = '127.0.0.1', options: { allowHalfOpen?: boolean } = {}): Promise<RawClient> {
    const socket = connectTcp({ port, host, ...options })
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new RawClient(socket)
  }

  /** TLS from the first byte (XEP-0368). */
  static async tls(
    port: number,
    options: { maxVersion?: 'TLSv1.1' | 'TLSv1.2'; alpn?: string } = {},
  ): Promise<RawClient> {
    const { maxVersion, alpn = 'xmpp-client' } = options
    const socket = connectTls({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ALPNProtocols: [alpn],
      ...(maxVersion === undefined ? {} : { maxVersion }),
      ...(maxVersion === 'TLSv1.1' ? { minVersion: maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
    })
    await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
    return new RawClient(socket)
  }

  /** What SASL can bind to, as the client sees it; base64 by type. */
  bindings(): Readonly<Record<string, string>> {
    const socket = this.#socket
    if (!(socket instanceof TLSSocket)) throw new Error('no TLS')
    const exported = socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0))
    return {
      'tls-exporter': exported.toString('base64'),
      'tls-server-end-point': createHash('sha256').update(socket.getPeerCertificate().raw).digest('base64'),
      'tls-unique': socket.getFinished()?.toString('base64') ?? '',
    }
  }

  /** Of the server's certificate. */
  get peerFingerprint(): string | undefined {
    return this.#socket instanceof TLSSocket ? this.#socket.getPeerCertificate().fingerprint256 : undefined
  }

  /** Everything received since the last `take`. */
  get text(): string {
    return this.#text
  }

  send(text: string | Uint8Array): this {
    this.#socket.write(text)
    return this
  }

  open(attrs = `to='localhost'`): this {
    return this.send(HEADER(attrs))
  }

  /** Waits until what was received matches, and returns it all; what comes later starts anew. Rejects if the connection ends before. */
  async until(pattern: RegExp | string): Promise<string> {
    for (;;) {
      const end = endOf(this.#text, pattern)
      if (end !== undefined) {
        const text = this.#text.slice(0, end)
        this.#text = this.#text.slice(end)
        return text
      }
      if (this.#ended) throw new Error(`ended before ${String(pattern)}; received: ${this.#text}`)
      await this.#news()
    }
  }

  /** Waits for the end of the connection and returns what was received until then. */
  async end(): Promise<string> {
    while (!this.#ended) await this.#news()
    const text = this.#text
    this.#text = ''
    return text
  }

  async startTls(): Promise<TLSSocket> {
    this.send(`<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`)
    await this.until(/<proceed[^>]*>/)
    return this.handshake()
  }

  async handshake(): Promise<TLSSocket> {
    this.#socket.removeAllListeners('data')
    const socket = connectTls({ socket: this.#socket, rejectUnauthorized: false })
    await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
    this.#socket = socket
    this.#listen(socket)
    return socket
  }

  /** Plain connection to authenticated, features read. */
  async login(user = 'alice', password = 'secret'): Promise<this> {
    if (!(this.#socket instanceof TLSSocket)) {
      await this.open().until('</stream:features>')
      await this.startTls()
    }
    await this.open().until('</stream:features>')
    await this.plain(user, password).until(/<success[^>]*>/)
    await this.open().until('</stream:features>')
    return this
  }

  plain(user: string, password: string): this {
    const data = Buffer.from(`\0${user}\0${password}`).toString('base64')
    return this.send(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${data}</auth>`)
  }

  async bind(resource = 'balcony'): Promise<string> {
    this.send(
      `<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${resource}</resource></bind></iq>`,
    )
    return this.until('</iq>')
  }

  /** Nothing is read from here on. */
  stopReading(): void {
    this.#socket.pause()
  }

  /** Sends the same again and again, as fast as the server reads. */
  async flood(text: string, times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      if (!this.#socket.write(text)) await new Promise<void>((resolve) => this.#socket.once('drain', resolve))
    }
  }

  /** Resolves when the server has not read for a while. */
  async stalled(): Promise<void> {
    for (let quiet = 0, last = -1; quiet < 200; ) {
      await new Promise<void>((resolve) => void setImmediate(resolve))
      const { bytesWritten } = this.#socket
      quiet = bytesWritten === last ? quiet + 1 : 0
      last = bytesWritten
    }
  }

  /** Ends the connection without a word. */
  finish(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString()
      this.#tell()
    })
    socket.on('close', () => {
      this.#ended = true
      this.#tell()
    })
    socket.on('error', () => undefined)
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

function endOf(text: string, pattern: RegExp | string): number | undefined {
  if (typeof pattern === 'string') {
    const at = text.indexOf(pattern)
    return at < 0 ? undefined : at + pattern.length
  }
  const match = pattern.exec(text)
  return match === null ? undefined : match.index + match[0].length
}
