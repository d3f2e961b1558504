import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { answersAny, socketsOfEngines } from './docker.ts'

/** Serves a socket for as long as the test of it runs. */
async function withEngine(listener: RequestListener, tell: (socket: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'jabiru-engine-'))
  const server = createServer(listener)
  try {
    server.listen(join(folder, 'docker.sock'))
    await once(server, 'listening')
    await tell(join(folder, 'docker.sock'))
  } finally {
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true, force: true })
  }
}

void test('an engine that answers its ping is found among sockets that nobody serves', async () => {
  const asked: (string | undefined)[] = []
  await withEngine(
    ({ url }, response) => {
      asked.push(url)
      response.end('OK')
    },
    async (socket) => {
      assert.ok(await answersAny([`${socket}.gone`, socket], 60_000))
      assert.deepEqual(asked, ['/_ping'])
      assert.ok(!(await answersAny([`${socket}.gone`], 60_000)))
    },
  )
})

void test('an engine that is silent or unwell is none', async () => {
  await withEngine(
    () => undefined,
    async (socket) => assert.ok(!(await answersAny([socket], 20))),
  )
  await withEngine(
    (_, response) => response.writeHead(500).end(),
    async (socket) => assert.ok(!(await answersAny([socket], 60_000))),
  )
})

void test('an engine of the environment is the only one, and one of another machine is not used', () => {
  assert.deepEqual(socketsOfEngines({ DOCKER_HOST: 'unix:///run/d.sock' }), ['/run/d.sock'])
  assert.deepEqual(socketsOfEngines({ DOCKER_HOST: 'tcp://192.0.2.1:2375' }), [])
  const [system, ofUser] = socketsOfEngines({ XDG_RUNTIME_DIR: '/run/user/7' })
  assert.deepEqual([system, ofUser], ['/var/run/docker.sock', '/run/user/7/docker.sock'])
})
