import { parseBareJid } from '@jabiru/jid'
import { rosterContract } from './contract.ts'
import { memoryRosters } from './memory.ts'

rosterContract('memory', async () => {
  const store = memoryRosters()
  store.addAccount(parseBareJid('romeo@montague.example'))
  store.lease(3, 11)
  return Promise.resolve({
    store,
    token: 11,
    takeOver: async () => {
      store.lease(3, 12)
      return Promise.resolve()
    },
  })
})
