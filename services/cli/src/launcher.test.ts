// Slow: processes of its own.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { makeCheckout, remove } from './testing/checkout.ts'
import { finish } from './testing/process.ts'

const NODE_PACKAGE = `node-${process.platform}-${process.arch}@26`
const INSTALLS = ['installing Node 26 and pnpm 12 …', 'installing packages …']
  .map((line) => `jabiru: ${line}\n`)
  .join('')

void test('the first start installs in two lines and runs the command; the second installs nothing', async () => {
  const checkout = makeCheckout()
  const first = await finish(checkout.run(['tell']))
  assert.deepEqual([first.code, first.err], [0, INSTALLS])
  assert.deepEqual(checkout.installs(), [
    `npm ${NODE_PACKAGE} pnpm@12 cache=undefined`,
    'pnpm install --frozen-lockfile',
  ])
  const second = await finish(checkout.run(['tell']))
  assert.deepEqual([second.code, second.err, checkout.installs().length], [0, '', 2])
})

void test('arguments, environment and working folder reach the command as they are', async () => {
  const { root, run } = makeCheckout()
  const cwd = path.join(root, 'docs')
  mkdirSync(cwd)
  const { out } = await finish(run(['tell', '--x', 'a b', ''], { cwd, env: { JABIRU_TEST_MARK: 'as it is ' } }))
  assert.deepEqual(JSON.parse(out), { version: process.version, cwd, args: ['--x', 'a b', ''], env: 'as it is ' })
})

void test('what Node has compiled is kept in the checkout, or where the environment says', async () => {
  const { root, run } = makeCheckout()
  const own = path.join(root, '.runtime/cache/compiled')
  const elsewhere = path.join(root, 'elsewhere')
  assert.equal((await finish(run(['tell']))).code, 0)
  const [kept] = readdirSync(own)
  assert.ok(kept !== undefined && readdirSync(path.join(own, kept)).length > 0)
  assert.equal((await finish(run(['tell'], { env: { NODE_COMPILE_CACHE: elsewhere } }))).code, 0)
  assert.deepEqual(readdirSync(elsewhere), [kept])
})

void test('Node has room for what is young, and the words of the operator come after ours', async () => {
  const { run } = makeCheckout()
  const optionsOf = async (own: string) => {
    const { out } = await finish(run(['options'], { env: { NODE_OPTIONS: own } }))
    return out
  }
  const ours = await optionsOf('')
  assert.match(ours, /^--max-semi-space-size=\d+$/)
  assert.equal(await optionsOf('--no-deprecation'), `${ours} --no-deprecation`)
  assert.equal(await optionsOf(`${ours} --no-deprecation`), `${ours} --no-deprecation`)
})

void test('where nothing can be kept it runs all the same, and says nothing', async () => {
  const { run } = makeCheckout()
  const { code, err } = await finish(run(['tell'], { env: { NODE_COMPILE_CACHE: '/dev/null/no/folder' } }))
  assert.deepEqual([code, err], [0, INSTALLS])
})

void test('it ends as the command ends: by code, or by signal', async () => {
  const { run } = makeCheckout()
  assert.equal((await finish(run(['code', '3']))).code, 3)
  assert.equal((await finish(run(['die', 'SIGTERM']))).signal, 'SIGTERM')
  assert.equal((await finish(run(['die', 'SIGKILL']))).signal, 'SIGKILL')
})

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  void test(`${signal} reaches the command, which ends in its own way`, async () => {
    await using running = makeCheckout().run(['serve'])
    await running.says('pid ')
    running.child.kill(signal)
    await running.says(`stopped by ${signal}`)
    assert.deepEqual(await running.ended, { code: 7, signal: null })
  })

void test('a command whose launcher is killed by force learns of it', async () => {
  await using running = makeCheckout().run(['serve'])
  await running.says('pid ')
  running.child.kill('SIGKILL')
  await running.says('stopped by disconnect')
})

void test('a command started under npm is stopped when npm is killed by force', async () => {
  const parent = `require('node:child_process').spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' })`
  const checkout = makeCheckout()
  await using running = checkout.run(['serve'], { parent, env: { npm_lifecycle_event: 'start' } })
  await running.says('pid ')
  running.child.kill('SIGKILL')
  await running.says('stopped by SIGTERM')
})

void test('two launchers at once install once, and both run', async () => {
  const checkout = makeCheckout()
  const both = await Promise.all([finish(checkout.run(['tell'])), finish(checkout.run(['tell']))])
  assert.deepEqual(
    both.map((ending) => ending.code),
    [0, 0],
  )
  assert.equal(checkout.installs().length, 2)
})

const HALVES: readonly (readonly [string, string, number])[] = [
  ['the node binary', '.runtime/node_modules/.bin/node', 3],
  ['pnpm', '.runtime/node_modules/pnpm', 3],
  ['all of .runtime', '.runtime', 3],
  ['node_modules', 'node_modules', 3],
]
for (const [what, part, installs] of HALVES)
  void test(`after ${what} is lost it is installed again where it is needed`, async () => {
    const checkout = makeCheckout()
    await finish(checkout.run(['tell']))
    remove(checkout, part)
    assert.equal((await finish(checkout.run(['tell']))).code, 0)
    assert.equal(checkout.installs().length, installs)
  })

void test('a node that does not run is replaced', async () => {
  const checkout = makeCheckout()
  const bin = path.join(checkout.root, '.runtime/node_modules/.bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(path.join(bin, 'node'), 'cut off in the mid', { mode: 0o755 })
  const { code, err } = await finish(checkout.run(['tell']))
  assert.deepEqual([code, err], [0, INSTALLS])
})

void test('what an earlier attempt left half done is cleared away', async () => {
  const checkout = makeCheckout()
  const runtime = path.join(checkout.root, '.runtime')
  mkdirSync(path.join(runtime, 'install-1'), { recursive: true })
  await finish(checkout.run(['tell']))
  assert.deepEqual(readdirSync(runtime).toSorted(), ['cache', 'node_modules', 'proven.json'])
})

void test('the lock of a launcher that died is no obstacle', async () => {
  const checkout = makeCheckout()
  const dead = checkout.run(['code', '0'])
  await dead.ended
  remove(checkout, '.runtime/proven.json')
  writeFileSync(path.join(checkout.root, '.runtime/lock'), JSON.stringify({ pid: dead.child.pid, host: hostname() }))
  const { code, err } = await finish(checkout.run(['tell']))
  assert.deepEqual([code, err], [0, ''])
  assert.equal(existsSync(path.join(checkout.root, '.runtime/lock')), false)
})

for (const changed of ['pnpm-lock.yaml', 'package.json', 'services/cli/package.json'])
  void test(`packages are installed again when ${changed} changes`, async () => {
    const checkout = makeCheckout()
    await finish(checkout.run(['tell']))
    writeFileSync(path.join(checkout.root, changed), '{ "type": "module", "version": "2" }')
    const { err } = await finish(checkout.run(['tell']))
    assert.equal(err, 'jabiru: installing packages …\n')
  })

void test('when installing fails, what the installer said is shown, then one line, and the code is 1', async () => {
  const checkout = makeCheckout()
  checkout.breakNpm('ENOTFOUND no such registry')
  const { code, out, err } = await finish(checkout.run(['tell']))
  const lines = err.trim().split('\n')
  assert.deepEqual([code, out], [1, ''])
  assert.equal(lines[1], 'ENOTFOUND no such registry')
  assert.match(lines.at(-1) ?? '', /^jabiru: could not install Node 26 and pnpm 12 \(npm ended with 1\); /)
})

void test('where HOME cannot be written, npm keeps its cache in the checkout', async () => {
  const checkout = makeCheckout()
  const { code } = await finish(checkout.run(['tell'], { env: { HOME: '/dev/null' } }))
  assert.equal(code, 0)
  assert.equal(
    checkout.installs()[0],
    `npm ${NODE_PACKAGE} pnpm@12 cache=${path.join(checkout.root, '.runtime/cache/npm')}`,
  )
})

void test('npx finds the command from every folder of the checkout', async () => {
  const checkout = makeCheckout()
  await finish(checkout.run(['tell']))
  const link = path.join(checkout.root, 'node_modules/.bin/jabiru')
  assert.equal(path.resolve(path.dirname(link), readlinkSync(link)), path.join(checkout.root, 'bin/jabiru.js'))
})
