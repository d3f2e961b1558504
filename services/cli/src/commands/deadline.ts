import process from 'node:process'

/** More than the slowest file needs on a busy machine. */
const FILE_LIMIT_MS = 20 * 60_000

// Loaded into each test file's process: the runner ends a test that takes too long, but not the process that it left waiting.
setTimeout(() => {
  process.stderr.write(`${process.argv[1]} has not ended within ${FILE_LIMIT_MS / 60_000} minutes\n`)
  process.kill(process.pid)
}, FILE_LIMIT_MS).unref()
