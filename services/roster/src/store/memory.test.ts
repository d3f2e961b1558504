import { parseBareJid } from '@jabiru/jid'
import { rosterContract } from './contract.ts'
import { memoryRosters } from './memory.ts'

rosterContract('memory', async () => {
  const store = memoryRosters()
  const romeo = parseBareJid('romeo@montague.example')
  store.addAccount(romeo)
  store.lease(3, 11)
  return Promise.resolve({
    store,
    token: 11,
    close: async () => Promise.resolve(store.closeAccount(romeo)),
    takeOver: async () => {
      store.lease(3, 12)
      return Promise.resolve()
    },
  })
})
