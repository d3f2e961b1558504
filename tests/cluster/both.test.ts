import assert from 'node:assert/strict'
import { test } from 'node:test'
import { xml } from '@jabiru/testkit'
import { onCluster } from './stage.ts'

const brief = { JABIRU_CLUSTER_LEASE_TTL_MS: '1500' }

void test('XEP-0198 §5 — a session is resumed after its owner and its connection manager were killed at once: nothing lost, nothing twice', async () => {
  await onCluster({ env: brief, counts: { core: 1 } }, async (stage) => {
    const [romeo, juliet] = [stage.actor('romeo').phone, stage.actor('juliet').laptop]
    for (const device of [romeo, juliet]) {
      await device.comesOnline()
      await device.enablesManagement()
    }
    const write = async (ids: readonly string[]) => {
      for (const id of ids)
        romeo.sends(xml`<message to="${juliet}" type="chat" id="${id}"><body>${id}</body></message>`)
      await romeo.isAcknowledged()
    }
    // 1. she has what was written so far, and what she wrote counts
    await write(['m0', 'm1', 'm2'])
    for (const id of ['m0', 'm1', 'm2']) assert.equal((await juliet.receives(xml`<message/>`)).attrs['id'], id)
    juliet.sends(xml`<message to="${romeo}" type="chat" id="hers"><body>hers</body></message>`)
    await juliet.isAcknowledged()
    await romeo.receives(xml`<message id="hers"/>`)
    // 2. both die
    const [core, edge] = [stage.cluster.member('core', 0), stage.cluster.member('edge', 1)]
    await Promise.all([core.kill(), edge.kill()])
    await juliet.seesLoss()
    await core.restart()
    await write(['m3', 'm4'])
    // 3. she goes on where she was, by the other door
    await juliet.resumes({ server: 0 })
    for (const id of ['m3', 'm4']) assert.equal((await juliet.receives(xml`<message/>`)).attrs['id'], id)
    juliet.sends(xml`<message to="${romeo}" type="chat" id="after"><body>after</body></message>`)
    await juliet.isAcknowledged()
    await romeo.receives(xml`<message id="after"/>`)
    await juliet.receivesNothingElse({ after: [romeo] })
  })
})
