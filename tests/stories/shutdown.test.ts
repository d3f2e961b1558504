import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { scratchFolder } from '@jabiru/store/scratch'
import { Actor, Deadline, freshAccount, onlyEmbedded, startEmbedded, xml } from '@jabiru/testkit'

const STORY_MS = 60_000

/** One folder that two servers have one after the other; tests/cluster tells how one process of several leaves. */
const form = onlyEmbedded('it starts the whole server again on the folder that it left')

void test(
  'RFC 6120 §4.9.3.20 — a server that is told to end says so, and forgets nothing that it acknowledged',
  form,
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'jabiru-shutdown-'))
    await using scratch = await scratchFolder('nothing')
    await rename(scratch.dir, join(dataDir, 'postgres'))
    using deadline = new Deadline(STORY_MS)
    const accounts = { romeo: freshAccount('romeo'), juliet: freshAccount('juliet') }
    try {
      // 1. romeo writes to juliet, who is not there, and the server is told to end
      const first = await startEmbedded({ dataDir })
      for (const { username, password } of Object.values(accounts)) await first.addUser(username, password)
      const romeo = new Actor('romeo', first, deadline, accounts.romeo)
      await romeo.comesOnline()
      await romeo.phone.enablesManagement()
      romeo.sends(
        xml`<message to="${accounts.juliet.username}@${first.domain}" type="chat" id="m1"><body>1</body></message>`,
      )
      await romeo.phone.isAcknowledged()
      await Promise.all([first.stop(), romeo.phone.receivesStreamError('system-shutdown')])

      // 2. another server on the same folder has it for her
      const second = await startEmbedded({ dataDir })
      try {
        const juliet = new Actor('juliet', second, deadline, accounts.juliet)
        await juliet.comesOnline()
        await juliet.receives(xml`<message from="${romeo.phone}" id="m1"><body>1</body></message>`)
        await juliet.phone.leaves()
      } finally {
        await second.stop()
      }
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  },
)
