import { writeFileSync } from 'node:fs'

// Loaded into the server, which runs with --expose-gc: upon SIGUSR2 it tells what it holds once everything is collected.
const { gc } = globalThis
const file = process.env['CHURN_PROBE']
if (gc === undefined || file === undefined)
  throw new TypeError('the probe needs --expose-gc, and CHURN_PROBE in the environment')

process.on('SIGUSR2', () => {
  gc()
  // What is torn down by a collection goes with the next one.
  setImmediate(() => {
    gc()
    const { rss, heapUsed, external } = process.memoryUsage()
    writeFileSync(file, JSON.stringify({ rss, heapUsed, external }))
  })
})
