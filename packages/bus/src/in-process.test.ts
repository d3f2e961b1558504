import { busContract } from './contract.ts'
import { createInProcessBus } from './in-process.ts'

busContract('in process', () => {
  const bus = createInProcessBus()
  return Promise.resolve({ a: bus, b: bus, close: bus.close })
})
