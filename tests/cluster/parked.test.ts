import assert from 'node:assert/strict'
import { test } from 'node:test'
import { xml } from '@jabiru/testkit'
import { onCluster } from './stage.ts'

const brief = { JABIRU_CLUSTER_LEASE_TTL_MS: '1500' }

for (const [end, what] of [
  ['kill', 'were killed'],
  ['stop', 'were told to end'],
] as const) {
  void test(`XEP-0198 §5 — a session without a socket is resumed after all cores ${what}: nothing lost, nothing twice`, async () => {
    await onCluster({ env: brief, counts: { core: 1 } }, async (stage) => {
      const [romeo, juliet] = [stage.actor('romeo'), stage.actor('juliet').laptop]
      await romeo.comesOnline()
      await romeo.phone.enablesManagement()
      await juliet.comesOnline()
      await juliet.enablesManagement()
      const write = async (ids: readonly string[]) => {
        for (const id of ids) {
          romeo.sends(xml`<message to="${juliet}" type="chat" id="${id}"><body>${id}</body></message>`)
        }
        await romeo.phone.isAcknowledged()
      }
      juliet.vanishes()
      await write(['m0', 'm1', 'm2'])
      const core = stage.cluster.member('core', 0)
      await core[end]()
      await core.restart()
      await write(['m3', 'm4'])
      await juliet.resumes({ server: 0 })
      for (const id of ['m0', 'm1', 'm2', 'm3', 'm4']) {
        assert.equal((await juliet.receives(xml`<message/>`)).attrs['id'], id)
      }
      await juliet.receivesNothingElse({ after: [romeo.phone] })
    })
  })
}
