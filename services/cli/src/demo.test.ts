import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { test } from 'node:test'
import { createAccounts, memoryAccounts } from '@jabiru/auth'
import { openDataFolder } from '@jabiru/runtime'
import { loadConfig } from '@jabiru/runtime/config'
import { ensureDemo, isLoopback } from './demo.ts'
import { scratch } from './testing/scratch.ts'

async function house(env: Record<string, string> = {}) {
  const base = scratch()
  const { config } = loadConfig({ env, cwd: base, home: base })
  const { domains } = config
  const store = memoryAccounts(() => new Date(0))
  const accounts = createAccounts({ domains, scram_iterations: 4_096 }, store)
  const listed = async () => (await accounts.list()).map((a) => a.jid)
  return { config, accounts, store, listed, folder: await openDataFolder(config.data_dir) }
}

void test('the first start makes two accounts, and keeps their passwords where only this user can read them', async () => {
  const { config, folder, accounts, listed } = await house({ JABIRU_DOMAINS: 'a.example,b.example' })
  const demo = await ensureDemo(config, folder, accounts)
  assert.deepEqual(
    demo?.made.map((a) => a.jid),
    ['demo1@a.example', 'demo2@a.example'],
  )
  assert.deepEqual(await listed(), ['demo1@a.example', 'demo2@a.example'])
  assert.deepEqual(JSON.parse(readFileSync(demo.file, 'utf8')), demo.made)
  assert.equal(statSync(demo.file).mode & 0o777, 0o600)
  for (const { password } of demo.made) assert.match(password, /^[\w-]{16}$/)
})

void test('later starts make none, so what was removed stays removed', async () => {
  const { config, folder, accounts, listed } = await house()
  await ensureDemo(config, folder, accounts)
  await accounts.remove('demo1@localhost')
  const demo = await ensureDemo(config, folder, accounts)
  assert.deepEqual(demo?.made, [])
  assert.deepEqual(await listed(), ['demo2@localhost'])
})

void test('a first start that was cut short is completed', async () => {
  const { config, folder, accounts, listed } = await house()
  await accounts.add('demo1@localhost', 'unknown')
  const demo = await ensureDemo(config, folder, accounts)
  assert.equal(demo?.made.length, 2)
  assert.deepEqual(await listed(), ['demo1@localhost', 'demo2@localhost'])
})

void test('one that is being removed does not keep the server from starting', async () => {
  const { config, folder, accounts, store } = await house()
  await store.retire(await accounts.add('demo1@localhost', 'unknown'))
  const demo = await ensureDemo(config, folder, accounts)
  assert.deepEqual(
    demo?.made.map(({ jid }) => jid),
    ['demo2@localhost'],
  )
})

void test('a server that others can reach has no demo accounts', async () => {
  const { config, folder, accounts, listed } = await house({ JABIRU_LISTEN: '0.0.0.0' })
  assert.equal(await ensureDemo(config, folder, accounts), undefined)
  assert.deepEqual(await listed(), [])
})

for (const [address, expected] of [
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['fe80::1', false],
] as const)
  void test(`${address} is ${expected ? '' : 'not '}loopback`, () => {
    assert.equal(isLoopback(address), expected)
  })
