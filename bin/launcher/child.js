import { spawn } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import { LaunchFault } from './fault.js'

const FORWARDED = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
const PARENT_CHECK_MS = 500
/** Taken as the launcher loads: installing may take long, and the parent may go meanwhile. */
const PARENT = process.ppid

/**
 * Room for what is young, in MiB: what is on its way through a busy server lives for a tenth of a second, and with V8's own 16
 * much of it is moved to where the old is, only to die there. More makes each collection longer: with 64 one in a hundred
 * messages comes 20 ms later. Taken when it is needed, three times at most; a small machine has no room for that.
 */
const SEMI_SPACE = '--max-semi-space-size=32'
const SMALL_BYTES = 2 ** 30
const isSmall = Math.min(os.totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY) < SMALL_BYTES

/** Before the operator's own words, so that theirs win; all that the server starts has it, too. */
const nodeOptions = (own = '') => (isSmall || own.includes(SEMI_SPACE) ? own : `${SEMI_SPACE} ${own}`.trim())

/**
 * Runs the server as a child and ends as it ends. The child holds one end of an IPC channel, so it learns at once when this process
 * dies, by SIGKILL too. Ctrl-C in a terminal reaches the child both directly and from here; the child counts signals that come
 * together as one.
 * @param {string} node
 * @param {readonly string[]} args
 * @param {string} root the checkout
 */
export async function run(node, args, root) {
  // Node keeps there what it has compiled, types stripped. Where it cannot write it goes without, silently.
  const env = { NODE_COMPILE_CACHE: path.join(root, '.runtime', 'cache', 'compiled'), ...process.env }
  env.NODE_OPTIONS = nodeOptions(process.env.NODE_OPTIONS)
  const child = spawn(node, args, { env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal))
  const watch = watchParent(() => child.kill('SIGTERM'))
  const { code, signal } = await ending(child)
  clearInterval(watch)
  if (signal === null) process.exitCode = code ?? 1
  else raise(signal)
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<{ code: number | null, signal: string | null }>}
 */
function ending(child) {
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new LaunchFault(`cannot start ${child.spawnfile}: ${error.message}`)))
    child.on('exit', (code, signal) => resolve({ code, signal }))
  })
}

/**
 * npm killed by force leaves what it started running; a changed parent gives that away.
 * @param {() => void} onGone
 */
function watchParent(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return undefined
  const timer = setInterval(() => {
    if (process.ppid === PARENT) return
    clearInterval(timer)
    onGone()
  }, PARENT_CHECK_MS)
  return timer
}

/**
 * Dies of the same signal, so that a shell or a supervisor sees what happened.
 * @param {string} signal
 */
function raise(signal) {
  for (const forwarded of FORWARDED) process.removeAllListeners(forwarded)
  process.kill(process.pid, signal)
}
