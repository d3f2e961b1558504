import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectNats } from '@jabiru/bus'
import { openDatabase } from '@jabiru/store'
import { LEASING, xml } from '@jabiru/testkit'
import { createEndpoint } from '@jabiru/wire'
import { Chat } from './chat.ts'
import { type ClusterStage, onCluster } from './stage.ts'

const flagsOf = (member: string) => {
  const version = member.endsWith('0') ? 'older' : 'newer'
  return ['--import', new URL(`./versions/${version}.ts`, import.meta.url).href]
}

/** The schema of a later version: a column more in every table, a table more, and a step that says so. */
async function grows({ cluster }: ClusterStage): Promise<void> {
  await using database = await openDatabase({ url: cluster.engines.postgres.url, poolSize: 1 })
  const tables = await database.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public'",
  )
  for (const { name } of tables)
    await database.query(`alter table "${name}" add column later text not null default 'later'`)
  await database.query('create table later (jid text primary key)')
  await database.query('insert into schema_version (version, needs) select max(version) + 1, 1 from schema_version')
}

/** Somebody of a later version says what nobody here knows, to the owners of a partition and to a connection manager. */
async function saysTheUnknown({ cluster, deadline }: ClusterStage): Promise<void> {
  const bus = await connectNats({ url: cluster.engines.nats.url, name: 'later', onFault: assert.ifError })
  const self = { id: 'later', epoch: 1 }
  const endpoint = createEndpoint({ bus, self, partitions: 256, onFault: assert.ifError })
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- no kind that this version knows
    const unknown = { k: 'later', account: 'nobody@localhost', part: 7 } as never
    for (const group of LEASING) await deadline.wait(`${group} to take it`, endpoint.send(group, 7, unknown))
  } finally {
    endpoint.close()
    await bus.close()
  }
}

void test('processes of the version before and of a later one are one cluster, under a schema that has grown: nothing lost, nothing twice, order kept', async () => {
  await onCluster({ flagsOf, testMs: 110_000 }, async (stage) => {
    await stage.isBalanced()
    const chat = await Chat.begin(stage, 3)
    await chat.round()
    await grows(stage)
    await chat.round()
    // 1. partitions go from each to the other, and each starts again under the newer schema
    for (const number of [0, 1]) {
      const core = stage.cluster.member('core', number)
      await Promise.all([core.stop(), chat.round()])
      await Promise.all([core.restart(), chat.round()])
    }
    // 2. what nobody knows is acknowledged, told of, and harms nothing
    await saysTheUnknown(stage)
    await chat.round()
    for (const group of LEASING) assert.match(stage.cluster.said(), new RegExp(`${group} does not answer later`))
    // 3. a session goes on at the other version
    const [romeo, juliet] = [stage.actor('romeo').phone, stage.actor('juliet').laptop]
    for (const device of [romeo, juliet]) {
      await device.comesOnline()
      await device.enablesManagement()
    }
    juliet.vanishes()
    romeo.sends(xml`<message to="${juliet}" type="chat" id="m0"><body>m0</body></message>`)
    await romeo.isAcknowledged()
    await juliet.resumes({ server: 0 })
    await juliet.receives(xml`<message id="m0"/>`)
    await juliet.receivesNothingElse({ after: [romeo] })
    await chat.nothingElseCame()
  })
})
