import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { environment } from '@jabiru/runtime/config'
import { type Running, start } from './process.ts'
import { scratch } from './scratch.ts'
import { HOME } from './terminal.ts'

/** A checkout in a folder of its own, with the real launcher, and with installers and a main that tests can see through. */
export interface Checkout {
  readonly root: string
  /** What npm and pnpm were called for, in order. */
  readonly installs: () => readonly string[]
  /** Makes npm fail, saying this. */
  readonly breakNpm: (says: string) => void
  readonly run: (args: readonly string[], options?: RunOptions) => Running
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Starts the launcher below a parent that only waits, as npm does. */
  readonly parent?: string
}

/** Does what it is told by its first word, so that a test can see what the launcher does with a child. */
const MAIN = `
process.channel?.unref()
const [what, ...rest] = process.argv.slice(2)
const say = (text) => process.stdout.write(text + '\\n')
if (what === 'tell') say(JSON.stringify({ version: process.version, cwd: process.cwd(), args: rest, env: process.env.JABIRU_TEST_MARK }))
if (what === 'options') process.stdout.write(process.env.NODE_OPTIONS)
if (what === 'code') process.exitCode = Number(rest[0])
if (what === 'die') process.kill(process.pid, rest[0])
if (what === 'serve') {
  const open = setInterval(() => {}, 1e9)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'])
    process.on(signal, () => { say('stopped by ' + signal); clearInterval(open); process.exitCode = 7 })
  say('pid ' + process.pid)
}
`

const NPM = (node: string, log: string): string => `#!${node}
const fs = require('node:fs'), path = require('node:path')
const args = process.argv.slice(2)
fs.appendFileSync(${JSON.stringify(log)}, 'npm ' + args.filter((a) => a.includes('@')).join(' ') + ' cache=' + process.env.npm_config_cache + '\\n')
const broken = ${JSON.stringify(`${log}.broken`)}
if (fs.existsSync(broken)) { console.error(fs.readFileSync(broken, 'utf8')); process.exit(1) }
const modules = path.join(args[args.indexOf('--prefix') + 1], 'node_modules')
fs.mkdirSync(path.join(modules, '.bin'), { recursive: true })
fs.symlinkSync(${JSON.stringify(node)}, path.join(modules, '.bin', 'node'))
fs.mkdirSync(path.join(modules, 'pnpm', 'bin'), { recursive: true })
fs.writeFileSync(path.join(modules, 'pnpm', 'bin', 'pnpm.mjs'), ${JSON.stringify(PNPM(log))})
`

function PNPM(log: string): string {
  return `
import fs from 'node:fs'
if (process.argv.includes('--version')) console.log('12.0.0')
else {
  fs.appendFileSync(${JSON.stringify(log)}, 'pnpm ' + process.argv.slice(2).join(' ') + '\\n')
  fs.mkdirSync('node_modules', { recursive: true })
}
`
}

/** Makes a checkout whose path holds a space. Nothing is installed in it, and installing asks no network. */
export function makeCheckout(): Checkout {
  const base = scratch()
  const [root, bin, log] = [path.join(base, 'my checkout'), path.join(base, 'bin'), path.join(base, 'installs')]
  for (const folder of [path.join(root, 'services/cli/src'), bin]) mkdirSync(folder, { recursive: true })
  cpSync(path.join(HOME, 'bin'), path.join(root, 'bin'), { recursive: true })
  writeFileSync(path.join(root, 'services/cli/src/main.ts'), MAIN)
  writeFileSync(path.join(root, 'services/cli/package.json'), '{ "type": "module" }')
  writeFileSync(path.join(root, 'package.json'), '{ "type": "module" }')
  writeFileSync(path.join(root, 'pnpm-workspace.yaml'), 'packages:\n  - services/*\n')
  writeFileSync(path.join(root, 'pnpm-lock.yaml'), '')
  writeFileSync(path.join(bin, 'npm'), NPM(process.execPath, log))
  chmodSync(path.join(bin, 'npm'), 0o755)
  const { PATH = '', HOME: home = base } = environment()
  const launcher = path.join(root, 'bin/jabiru.js')
  return {
    root,
    installs: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
    breakNpm: (says) => writeFileSync(`${log}.broken`, says),
    run: (args, { cwd = root, env = {}, parent } = {}) => {
      const whole = { PATH: `${bin}${path.delimiter}${PATH}`, HOME: home, ...env }
      const words = parent === undefined ? [launcher, ...args] : ['-e', parent, launcher, ...args]
      return start(process.execPath, words, { cwd, env: whole })
    },
  }
}

/** Takes away what a checkout has installed, or a part of it. */
export function remove({ root }: Checkout, part: string): void {
  rmSync(path.join(root, part), { recursive: true })
}
