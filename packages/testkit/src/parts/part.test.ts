import assert from 'node:assert/strict'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { startPart } from './part.ts'

/** A shell whose children end while one looks at them, as connections of PostgreSQL do. */
const BUSY = 'echo up; while :; do /bin/true & /bin/true & /bin/true; done'
const LOOKS = 2000

void test('a part whose processes end while it is told to stop or go on', async () => {
  await using part = await startPart({
    name: 'shell',
    url: '',
    command: '/bin/sh',
    args: ['-c', BUSY],
    folder: await mkdtemp(path.join(tmpdir(), 'jabiru-part-')),
    ready: 'up',
    stopSignal: 'SIGTERM',
  })
  for (let look = 0; look < LOOKS; look++) await part.resume()
  assert.ok(await part.isRunning())
})
