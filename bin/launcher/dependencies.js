import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { installerEnvironment, quietly } from './command.js'
import { say, writeFault } from './fault.js'
import { withLock } from './lock.js'
import { pnpmOf } from './toolchain.js'

/**
 * Makes sure that node_modules is what pnpm-lock.yaml says. A stamp in node_modules remembers what was installed.
 * @param {string} root the checkout
 * @param {string} node the node binary to install with
 */
export async function ensureDependencies(root, node) {
  if (isCurrent(root)) return
  const runtime = path.join(root, '.runtime')
  try {
    await withLock(path.join(runtime, 'lock'), async () => {
      if (isCurrent(root)) return
      say('installing packages …')
      rmSync(stampFile(root), { force: true })
      await quietly('the packages', node, [pnpmOf(root), 'install', '--frozen-lockfile'], {
        cwd: root,
        env: installerEnvironment(runtime, path.dirname(node)),
      })
      linkCommand(root)
      writeFileSync(stampFile(root), fingerprint(root))
    })
  } catch (error) {
    throw writeFault(error, root)
  }
}

/** npx looks for commands in the node_modules/.bin of each folder upward; pnpm does not link the root's own there. */
function linkCommand(/** @type {string} */ root) {
  const bin = path.join(root, 'node_modules', '.bin')
  const link = path.join(bin, 'jabiru')
  mkdirSync(bin, { recursive: true })
  rmSync(link, { force: true })
  symlinkSync(path.join('..', '..', 'bin', 'jabiru.js'), link)
}

/** @param {string} root */
function stampFile(root) {
  return path.join(root, 'node_modules', '.jabiru-stamp')
}

/** @param {string} root */
function isCurrent(root) {
  try {
    return readFileSync(stampFile(root), 'utf8') === fingerprint(root) && packageFolders(root).every(isLinked)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

/** @param {string} folder */
function isLinked(folder) {
  if (existsSync(path.join(folder, 'node_modules'))) return true
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
  return Object.keys({ ...dependencies, ...devDependencies }).length === 0
}

/** @param {string} root */
function fingerprint(root) {
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'].map((name) => path.join(root, name))
  const manifests = packageFolders(root).map((folder) => path.join(folder, 'package.json'))
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  for (const file of [...files, ...manifests]) hash.update(`${path.relative(root, file)}\n`).update(readFileSync(file))
  return hash.digest('hex')
}

/**
 * The workspace's packages, read from the `packages:` list of pnpm-workspace.yaml, which here holds `folder` and `folder/*` only.
 * @param {string} root
 * @returns {string[]}
 */
function packageFolders(root) {
  const text = readFileSync(path.join(root, 'pnpm-workspace.yaml'), 'utf8')
  const list = /^packages:\n((?: +- .*\n)+)/m.exec(text)?.[1] ?? ''
  const globs = list.split('\n').flatMap((line) => /^ +- ['"]?([^'"\s]+)/.exec(line)?.[1] ?? [])
  const folders = globs.flatMap((glob) => {
    if (!glob.endsWith('/*')) return [path.join(root, glob)]
    const parent = path.join(root, glob.slice(0, -2))
    return existsSync(parent) ? readdirSync(parent).map((name) => path.join(parent, name)) : []
  })
  return folders.filter((folder) => existsSync(path.join(folder, 'package.json'))).sort((a, b) => (a < b ? -1 : 1))
}
