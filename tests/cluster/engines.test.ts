import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase } from '@jabiru/store'
import type { Cluster, Member } from '@jabiru/testkit'
import { Chat } from './chat.ts'
import { onOneCluster } from './stage.ts'

/** One connection manager, one core, and engines that every test leaves running. */
const onAlone = onOneCluster({ counts: { edge: 1, core: 1 } })
const core = (cluster: Cluster): Member => cluster.member('core', 0)

/** Lines of the log that tell of the engine, at the level of an error. */
const told = (member: Member, engine: string): number =>
  member
    .said()
    .split('\n')
    .filter((line) => line.includes('"engine_unavailable"') && line.includes(`"${engine}"`)).length

for (const engine of ['nats', 'redis', 'postgres'] as const) {
  void test(`${engine} is missing at the start: one line tells it, /readyz says why, and the process serves when it comes`, async () => {
    await onAlone(async ({ cluster }) => {
      const member = core(cluster)
      await member.stop()
      const before = told(member, engine)
      await cluster.engines[engine].stop()
      member.launch()
      const { reasons } = await member.answers(`${engine} is missing`, (answer) => engine in answer.reasons)
      assert.match(reasons[engine] ?? '', /refused|does not answer|no answer/i)
      await cluster.engines[engine].restart()
      await member.ready()
      assert.equal(told(member, engine) - before, 1)
    })
  })

  void test(`${engine} goes away and comes back: /readyz says so, one line tells it, nobody crashes, and chat goes on`, async () => {
    await onAlone(async (stage) => {
      const chat = await Chat.begin(stage, 2)
      await chat.round()
      const member = core(stage.cluster)
      const before = told(member, engine)
      await stage.cluster.engines[engine].stop()
      await member.answers(`${engine} is away`, ({ status, reasons }) => status === 503 && engine in reasons)
      await stage.cluster.engines[engine].restart()
      for (const one of stage.cluster.members()) await one.ready()
      await chat.round()
      await chat.nothingElseCame()
      assert.equal(told(member, engine) - before, 1)
    })
  })
}

/** How an engine that lets everybody in is made to ask for a password. */
const guarded = {
  nats: { words: ['--user', 'jabiru', '--pass', 'secret'], reason: /authorization|authentication/i },
  redis: { words: ['--requirepass', 'secret'], reason: /noauth|authentication/i },
} as const

for (const engine of ['nats', 'redis'] as const) {
  const { words, reason } = guarded[engine]
  void test(`${engine} refuses the password: one line and a reason at /readyz, and when it lets everybody in the processes serve`, async () => {
    await onAlone(async (stage) => {
      const { cluster } = stage
      const part = cluster.engines[engine]
      const [member, runs] = [core(cluster), cluster.member('edge', 0)]
      await member.stop()
      const before = told(member, engine)
      await part.stop()
      await part.restart(words)
      member.launch()
      const refused = await member.answers(`${engine} refuses`, (answer) => reason.test(answer.reasons[engine] ?? ''))
      assert.equal(refused.status, 503)
      if (engine === 'nats') await runs.answers('nats refuses', ({ reasons }) => 'nats' in reasons)
      await part.stop()
      await part.restart()
      for (const one of cluster.members()) await one.ready()
      assert.equal(told(member, engine) - before, 1)
      await (await Chat.begin(stage, 2)).round()
    })
  })
}

void test('a wrong password for PostgreSQL is one line and a reason at /readyz, and when it is right the process serves', async () => {
  await onAlone(async ({ cluster }) => {
    const member = core(cluster)
    await member.stop()
    const before = told(member, 'postgres')
    await using database = await openDatabase({ url: cluster.engines.postgres.url, poolSize: 1 })
    const [row] = await database.query<{ file: string }>("select current_setting('hba_file') as file")
    const admit = async (rows: string) => {
      await database.script(`copy (select unnest(array[${rows}])) to '${row?.file ?? ''}'; select pg_reload_conf()`)
    }
    await admit("'host all all 127.0.0.1/32 scram-sha-256'")
    member.launch()
    const { reasons } = await member.answers('postgres refuses', (answer) => 'postgres' in answer.reasons)
    assert.match(reasons['postgres'] ?? '', /password/)
    await admit("'host all all 127.0.0.1/32 trust'")
    await member.ready()
    assert.equal(told(member, 'postgres') - before, 1)
  })
})

void test('a database that a later release has made is refused in one line with code 1', async () => {
  await onAlone(async ({ cluster }) => {
    const member = core(cluster)
    await member.stop()
    await using database = await openDatabase({ url: cluster.engines.postgres.url, poolSize: 1 })
    await database.query('insert into schema_version (version) values (9999)')
    member.launch()
    assert.equal(await member.ended(), 1)
    assert.match(member.said(), /^jabiru: the database has schema version 9999, .*$/m)
    await database.query('delete from schema_version where version = 9999')
    await member.restart()
  })
})
