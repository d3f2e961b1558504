import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { StopDeadline, UserFault } from '@jabiru/runtime'
import { runCommandLine, withFaultsTold } from './command-line.ts'
import { scratch } from './testing/scratch.ts'
import { recording } from './testing/terminal.ts'

const WRONG: readonly (readonly [readonly string[], string])[] = [
  [['strat'], "unknown command 'strat'; did you mean 'start'?"],
  [['frobnicate'], "unknown command 'frobnicate'"],
  [['--verbose'], "unknown option '--verbose'"],
  [['constructor'], "unknown command 'constructor'"],
  [['config'], 'config takes check or docs'],
  [['config', 'chek'], "unknown 'config chek'; there are check and docs"],
  [['config', 'check', 'twice'], "unexpected 'twice'"],
  [['config', 'check', '--fast'], "Unknown option '--fast'"],
  [['db'], 'db takes migrate'],
  [['db', 'drop'], "unknown 'db drop'; there is migrate"],
  [['user'], 'user takes add, passwd, remove, list or import'],
  [['user', 'ad'], "unknown 'user ad'; there are add, passwd, remove, list and import"],
  [['user', 'add'], 'user add takes an address, like alice@localhost'],
  [['user', 'list', 'all'], "unexpected 'all'"],
  [['user', 'remove', 'a@localhost', '--password', 'x'], '--password belongs to add and passwd'],
  [['trace'], 'trace takes the id of a stanza or of a trace'],
  [['check', 'all'], "unexpected 'all'"],
]
for (const [args, line] of WRONG)
  void test(`a wrong call is one line and code 2: ${args.join(' ')}`, async () => {
    const terminal = recording()
    assert.equal(await runCommandLine(args, terminal), 2)
    assert.deepEqual([terminal.lines, terminal.errors], [[], [`jabiru: ${line} (see jabiru --help)`]])
  })

for (const args of [[], ['help'], ['--help'], ['user', '--help'], ['start', '-h']])
  void test(`help is shown for: ${args.join(' ') || 'no words'}`, async () => {
    const terminal = recording()
    assert.equal(await runCommandLine(args, terminal), 0)
    assert.match(terminal.lines.join('\n'), /^Usage:\n {2}jabiru start /)
  })

void test('--version is that of the checkout', async () => {
  const home = scratch()
  writeFileSync(path.join(home, 'package.json'), '{ "version": "9.8.7" }')
  const terminal = recording({ home })
  assert.equal(await runCommandLine(['--version'], terminal), 0)
  assert.deepEqual(terminal.lines, ['9.8.7'])
})

void test('config check says that all is right, and of which file', async () => {
  const cwd = scratch()
  const file = path.join(cwd, 'jabiru.yaml')
  writeFileSync(file, 'c2s: { port: 1 }\n')
  const terminal = recording({ cwd })
  assert.equal(await runCommandLine(['config', 'check'], terminal), 0)
  assert.deepEqual(terminal.lines, [`the configuration is right (${file})`])
})

void test('config check tells every fault, and ends with code 1', async () => {
  const cwd = scratch()
  writeFileSync(path.join(cwd, 'other.yaml'), '\nc2s: { prt: 1 }\n')
  const terminal = recording({ cwd, env: { JABIRU_LISTEN: 'here' } })
  assert.equal(await runCommandLine(['config', 'check', '--file', 'other.yaml'], terminal), 1)
  assert.deepEqual(terminal.errors.join('\n').split('\n'), [
    'jabiru: wrong settings:',
    '  other.yaml:2: c2s.prt: no such setting; did you mean c2s.port?',
    '  JABIRU_LISTEN: expected an IP address, found "here"',
  ])
})

void test('what the user can mend is one line; what should not happen shows where it happened', async () => {
  const told = async (fault: Error) => {
    const terminal = recording()
    const work = async (): Promise<number> => {
      throw fault
    }
    assert.equal(await withFaultsTold(terminal, work), 1)
    return terminal.errors.join('\n')
  }
  assert.equal(await told(new UserFault('the disk is full')), 'jabiru: the disk is full')
  assert.equal(await told(new StopDeadline(['store'])), 'jabiru: still stopping when the time was up: store')
  assert.match(await told(new TypeError('x is no y')), /^jabiru: this should not happen: TypeError: x is no y\n +at /)
})
