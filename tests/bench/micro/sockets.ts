import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { ensureSelfSigned } from '@jabiru/runtime'
import { messageXml, samplesOf } from './samples.ts'
import type { Unit, Units } from './unit.ts'

const READER = fileURLToPath(new URL('reader-main.ts', import.meta.url))

/** From text to the network: what it takes to give one client one message. */
export const socketUnits: Units = async (open) => {
  const socket = await connected(open)
  const texts = samplesOf((n) => messageXml(n))
  const run: Unit['run'] = (operations) =>
    new Promise((resolve, reject) => {
      const before = socket.bytesWritten
      let n = 0
      const next = (fault?: Error | null) => {
        if (fault) return reject(fault)
        if (n === operations) return resolve(socket.bytesWritten - before)
        socket.write(texts[n++ % texts.length] ?? '', next)
      }
      next()
    })
  const what = 'a message in a TLS record and a write of its own; the reader is another process'
  return [{ name: 'TLS write', what, run }]
}

/** The server's end of a connection to a process that reads and forgets. */
async function connected(open: AsyncDisposableStack): Promise<TLSSocket> {
  const folder = await mkdtemp(join(tmpdir(), 'jabiru-bench-'))
  open.defer(() => rm(folder, { recursive: true, force: true }))
  const { certFile, keyFile } = await ensureSelfSigned(folder, ['localhost'])
  const server = createServer({ cert: await readFile(certFile), key: await readFile(keyFile) })
  open.use(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const came = new Promise<TLSSocket>((resolve) => void server.once('secureConnection', resolve))
  const child = spawn(process.execPath, [READER, String(port)], { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(child, 'exit')
  open.defer(async () => {
    child.kill()
    await ended
  })
  const socket = await Promise.race([came, ended.then(() => Promise.reject(new Error('the reader has ended')))])
  socket.setNoDelay(true)
  socket.on('error', () => undefined) // the write is told
  open.defer(() => void socket.destroy())
  return socket
}
