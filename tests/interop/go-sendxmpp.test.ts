import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Actor, type Stage, xml } from '@jabiru/testkit'
import { story } from '../stories/stage.ts'
import { type Authority, authorityOf } from './authority.ts'
import { needs } from './packages.ts'

interface Sending {
  readonly from: Actor
  readonly to: Actor
  readonly body: string
  /** Direct TLS instead of STARTTLS. */
  readonly direct: boolean
}

/** Lets go-sendxmpp log in and send one message; gives its exit code and what it said. */
async function goSendxmpp({ house, deadline }: Stage, authority: Authority, sending: Sending) {
  await needs({ name: 'go-sendxmpp', file: '/usr/bin/go-sendxmpp' })
  const { from, to, body, direct } = sending
  await from.exists()
  const [place] = house.c2s
  // The name is that of the certificate.
  const server = `localhost:${direct ? place?.tlsPort : place?.port}`
  const args = ['-u', from.jid, '-p', from.password, '-j', server, ...(direct ? ['-t'] : []), to.jid]
  const child = spawn('/usr/bin/go-sendxmpp', args, {
    env: { ...process.env, SSL_CERT_FILE: authority.file },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  child.stdin.end(body)
  await deadline.wait(`go-sendxmpp to end (${said.join('')})`, once(child, 'close'))
  return { code: child.exitCode, said: said.join('') }
}

for (const direct of [false, true]) {
  story(`go-sendxmpp — logs in over ${direct ? 'direct TLS' : 'STARTTLS'} and sends a message`, async (stage) => {
    const { romeo, juliet } = stage
    await using authority = await authorityOf(stage.house)
    await romeo.comesOnline()
    const sending = { from: juliet, to: romeo, body: 'Good morrow <&> 💔', direct }
    const { code, said } = await goSendxmpp(stage, authority, sending)
    assert.equal(code, 0, said)
    await romeo.receives(xml`<message type="chat"><body>${'Good morrow <&> 💔'}</body></message>`)
  })
}
