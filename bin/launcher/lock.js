import { linkSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { say, writeFault } from './fault.js'

const BEAT_MS = 2_000
const STALE_MS = 15_000
const RETRY_MS = 100

/**
 * Runs `work` while no other launcher of this checkout installs anything. The lock is a file with its holder's process id;
 * the holder touches it every 2 s, so a lock left behind by a killed launcher is recognised also across containers.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  await take(file)
  const beat = setInterval(() => touch(file), BEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    rmSync(file, { force: true })
  }
}

/** @param {string} file */
async function take(file) {
  let told = false
  while (!tryLink(file)) {
    if (isStale(file)) {
      breakStale(file)
      continue
    }
    if (!told) say('another jabiru is installing in this checkout, waiting for it …')
    told = true
    await wait(RETRY_MS)
  }
}

/**
 * A hard link is made only where nothing stands, and appears with its content.
 * @param {string} file
 */
function tryLink(file) {
  const own = `${file}.${process.pid}`
  try {
    writeFileSync(own, JSON.stringify({ pid: process.pid, host: hostname() }))
    linkSync(own, file)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw writeFault(error, file)
  } finally {
    rmSync(own, { force: true })
  }
}

/** Two that find the same stale lock must not remove each other's fresh one, so breaking has a lock of its own. */
function breakStale(/** @type {string} */ file) {
  const breaking = `${file}.breaking`
  if (tryLink(breaking)) {
    if (isStale(file)) rmSync(file, { force: true })
    rmSync(breaking, { force: true })
  } else if (isStale(breaking)) {
    rmSync(breaking, { force: true })
  }
}

/** @param {string} file */
function isStale(file) {
  try {
    const age = Date.now() - statSync(file).mtimeMs
    const holder = JSON.parse(readFileSync(file, 'utf8'))
    return age > STALE_MS || (holder.host === hostname() && !isAlive(holder.pid))
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false
    if (error instanceof SyntaxError) return true // written on a full disk
    throw error
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isCode(error, 'EPERM')
  }
}

/** @param {string} file */
function touch(file) {
  try {
    utimesSync(file, new Date(), new Date())
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 */
function isCode(error, code) {
  return error instanceof Error && 'code' in error && error.code === code
}
