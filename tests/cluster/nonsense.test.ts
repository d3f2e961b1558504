import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { after, suite, test } from 'node:test'
import { freePorts, Member } from '@jabiru/testkit'
import { startNats } from '@jabiru/testkit/parts/nats'
import { startPostgres } from '@jabiru/testkit/parts/postgres'
import { startRedis } from '@jabiru/testkit/parts/redis'

/** Something that listens, and is not what it was taken for. */
async function startNonsense(says: string, speaksFirst: boolean) {
  const sockets = new Set<Socket>()
  let tries = 0
  const triedThrice = Promise.withResolvers<undefined>()
  const server = createServer((socket) => {
    sockets.add(socket)
    if (++tries === 3) triedThrice.resolve(undefined)
    socket.on('error', () => undefined) // the other side may leave as it likes
    socket.on('close', () => sockets.delete(socket))
    if (speaksFirst) socket.write(says)
    socket.on('data', () => socket.write(says))
  })
  const [port = 0] = await freePorts(1)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    at: `127.0.0.1:${port}`,
    triedThrice: triedThrice.promise,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

const WEB = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'
const NOISE = '\u0000\u0001\u0002 }{ \u007f\r\n'.repeat(20)

const engines = [
  { engine: 'nats', key: 'JABIRU_NATS_URL', scheme: 'nats' },
  { engine: 'redis', key: 'JABIRU_REDIS_URL', scheme: 'redis' },
  { engine: 'postgres', key: 'JABIRU_POSTGRES_URL', scheme: 'postgres' },
] as const

const parts = [await startNats(), await startRedis(), await startPostgres()] as const
after(async () => {
  for (const part of parts) await part[Symbol.asyncDispose]()
})
const [nats, redis, postgres] = parts

// Each waits for most of its time.
void suite('what listens and is no engine', { concurrency: engines.length * 2 }, () => {
  for (const { engine, key, scheme } of engines) {
    for (const [what, says, speaksFirst] of [
      ['a web server', WEB, false],
      ['noise', NOISE, true],
    ] as const) {
      test(`${engine} is ${what}: one line tells it, /readyz says why, the process goes on, and stops when told to`, async () => {
        await using nonsense = await startNonsense(says, speaksFirst)
        await using member = await Member.start({
          name: 'core 0',
          services: ['session'],
          settings: {
            JABIRU_NATS_URL: nats.url,
            JABIRU_REDIS_URL: redis.url,
            JABIRU_POSTGRES_URL: postgres.url,
            [key]: `${scheme}://${nonsense.at}`,
          },
        })
        const { status, reasons } = await member.answers('why not', ({ reasons }) => engine in reasons)
        assert.equal(status, 503)
        assert.ok((reasons[engine] ?? '').length > 10, `a reason, not ${reasons[engine]}`)
        await nonsense.triedThrice
        const told = member
          .said()
          .split('\n')
          .filter((line) => line.includes('"engine_unavailable"'))
        assert.equal(told.length, 1, told.join('\n'))
        await member.stop()
        assert.deepEqual(member.faults(), [])
      })
    }
  }
})
