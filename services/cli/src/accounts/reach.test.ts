// Slow: an embedded database.
import assert from 'node:assert/strict'
import { mkdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { openDataFolder } from '@jabiru/runtime'
import { scratchFolder } from '@jabiru/store/scratch'
import { runCommandLine } from '../command-line.ts'
import { scratch } from '../testing/scratch.ts'
import { recording } from '../testing/terminal.ts'

/** A data folder with an empty database: making one takes seconds. */
async function freshData(): Promise<string> {
  const data = path.join(scratch(), 'data')
  await mkdir(data, { mode: 0o700 })
  await using empty = await scratchFolder('nothing')
  await rename(empty.dir, path.join(data, 'postgres'))
  return data
}

async function command(data: string, args: readonly string[], stdin = '') {
  const terminal = recording({ env: { JABIRU_DATA_DIR: data }, stdin: Readable.from([stdin]) })
  const code = await runCommandLine(args, terminal)
  return { code, said: [...terminal.lines, ...terminal.errors] }
}

const LATER = 'its contacts are told, and its name is free, once a server has run'

const STORY: readonly (readonly [readonly string[], number, readonly string[], string?])[] = [
  [['user', 'list'], 0, []],
  [['user', 'add', 'alice@localhost', '--password', 'secret'], 0, ['added alice@localhost']],
  [['user', 'add', 'bob@localhost'], 0, ['added bob@localhost'], 'secret\n'],
  [['user', 'add', 'alice@localhost', '--password', 'x'], 1, ['jabiru: alice@localhost is there already']],
  [['user', 'add', 'eve@example.org', '--password', 'x'], 1, ['jabiru: example.org is not served here']],
  [
    ['user', 'add', 'a b@localhost', '--password', 'x'],
    1,
    ["jabiru: 'a b@localhost' is no address like alice@localhost (localpart: disallowed)"],
  ],
  [['user', 'add', 'eve@localhost', '--password', 'a\u0007'], 1, ['jabiru: the password cannot be used (disallowed)']],
  [['user', 'add', 'eve@localhost', '--password', ''], 1, ['jabiru: the password is empty']],
  [['user', 'passwd', 'eve@localhost', '--password', 'x'], 1, ['jabiru: no account eve@localhost']],
  [['user', 'passwd', 'bob@localhost'], 0, ['bob@localhost has a new password'], 'other\n'],
  [['user', 'list'], 0, ['alice@localhost', 'bob@localhost']],
  [['user', 'remove', 'bob@localhost'], 0, ['removed bob@localhost', LATER]],
  [['user', 'remove', 'bob@localhost'], 1, ['jabiru: no account bob@localhost']],
  [
    ['user', 'import'],
    1,
    [
      'added carol@localhost',
      'jabiru: line 2: alice@localhost is there already',
      'jabiru: line 4: no address, blank and password',
    ],
    'carol@localhost a secret\nalice@localhost x\n\ndave@localhost\n',
  ],
  [['user', 'remove', 'carol@localhost'], 0, ['removed carol@localhost', LATER]],
  [['user', 'passwd', 'carol@localhost', '--password', 'x'], 1, ['jabiru: no account carol@localhost']],
  [
    ['user', 'add', 'carol@localhost', '--password', 'x'],
    1,
    ['jabiru: carol@localhost is being removed, which a running server finishes'],
  ],
  [['db', 'migrate'], 0, ['the schema is up to date']],
  [['user', 'list'], 0, ['alice@localhost']],
]

void test('where no server runs, accounts are kept in the data folder itself', async () => {
  const data = await freshData()
  for (const [args, code, said, stdin] of STORY)
    assert.deepEqual(await command(data, args, stdin), { code, said }, args.join(' '))
})

void test('a command that finds the folder held by another command waits for it', async () => {
  const data = await freshData()
  const other = await openDataFolder(data, { holding: 'brief' })
  const listed = command(data, ['user', 'list'])
  await other[Symbol.asyncDispose]()
  assert.deepEqual(await listed, { code: 0, said: [] })
})

void test('a Postgres that does not answer is one line', async () => {
  const terminal = recording({ env: { JABIRU_POSTGRES_URL: 'postgres://u:hunter2@127.0.0.1:1/x' } })
  assert.equal(await runCommandLine(['user', 'list'], terminal), 1)
  assert.equal(terminal.errors.length, 1)
  assert.match(
    terminal.errors.join(''),
    /^jabiru: the database of JABIRU_POSTGRES_URL does not answer: [^\n]*ECONNREFUSED[^\n]*$/,
  )
  assert.doesNotMatch(terminal.errors.join(''), /hunter2/)
})
