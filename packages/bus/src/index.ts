export { type Bus, BusUnavailable, type Message, NobodyListens, RequestTimeout, type Subscription } from './bus.ts'
export { createInProcessBus } from './in-process.ts'
export { connectNats, type NatsOptions } from './nats.ts'
