import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { createLog } from '@jabiru/runtime'
import { runCommandLine } from '../command-line.ts'
import { scratch } from '../testing/scratch.ts'
import { recording } from '../testing/terminal.ts'
import { parseHopLine } from './hop-line.ts'

const BEGAN = 1_700_000_000_000

/** span, parent, hop, service, began, took */
type Row = readonly [string, string | undefined, string, string, number, number]

function lines(instance: string, fields: object, rows: readonly Row[]): readonly string[] {
  const written: string[] = []
  const log = createLog(
    { level: 'info', format: 'json' },
    { destination: { write: (text) => void written.push(text) } },
  )
  for (const [span, parent, hop, service, after, ms] of rows)
    log.info({ ...fields, span, parent, hop, service, instance, at: BEGAN + after, ms }, 'hop')
  return written
}

const message = { trace: '018bcfe5680000000000000000000001', kind: 'message', stanza: 'm1' }
const edge = lines('edge:1', message, [
  ['d', 'r', 'deliver', 'connection-manager', 4.5, 0.2],
  ['s', undefined, 'stanza', 'connection-manager', 0, 6],
])
const core = lines('core:1', { ...message, admission: 'Zm9v' }, [
  ['c2', 'r', 'commit', 'session', 2, 2.4],
  ['n', 's', 'send', 'session', 1, 4.9],
  ['r', 'n', 'receive', 'session', 2, 3],
  ['c1', 'n', 'commit', 'session', 1.5, 2],
])
const other = lines('edge:1', { trace: '018bcfe5680000000000000000000002', kind: 'iq', stanza: 'q\u001b[2J' }, [
  ['z', undefined, 'stanza', 'connection-manager', 9, 1],
])

const WAY = [
  'message "m1", admitted as Zm9v, trace 018bcfe5680000000000000000000001, 2023-11-14T22:13:20.000Z',
  '  +0.0 ms  stanza         connection-manager  edge:1  6.0 ms',
  '  +1.0 ms    send         session             core:1  4.9 ms',
  '  +1.5 ms      commit     session             core:1  2.0 ms',
  '  +2.0 ms      receive    session             core:1  3.0 ms',
  '  +2.0 ms        commit   session             core:1  2.4 ms',
  '  +4.5 ms        deliver  connection-manager  edge:1  0.2 ms',
]

for (const id of [message.trace, 'm1', 'Zm9v'])
  void test(`a message is followed through the logs of several processes, by ${id}`, async () => {
    const folder = scratch()
    writeFileSync(path.join(folder, 'core.log'), core.join(''))
    // As a collector of logs prefixes them, with what is no JSON between.
    const [torn = ''] = edge
    writeFileSync(
      path.join(folder, 'edge.log'),
      ['ready\n', ...[...edge, ...other].map((l) => `edge-1  | ${l}`), torn.slice(0, -9)].join(''),
    )
    const terminal = recording({ cwd: folder })
    assert.equal(await runCommandLine(['trace', id, 'core.log', 'edge.log', 'edge.log'], terminal), 0)
    assert.deepEqual(terminal.lines, WAY)
  })

void test('logs are read from standard input; what came from before the log begins the way', async () => {
  const terminal = recording({ stdin: Readable.from(core) })
  assert.equal(await runCommandLine(['trace', 'm1'], terminal), 0)
  assert.match(terminal.lines[1] ?? '', /^ {2}\+0\.0 ms {2}send /)
})

void test('an id that a client chose cannot move the cursor', async () => {
  const terminal = recording({ stdin: Readable.from(other) })
  assert.equal(await runCommandLine(['trace', 'q\u001b[2J'], terminal), 0)
  assert.match(terminal.lines[0] ?? '', /^iq "q\\u001b\[2J", trace /)
})

void test('no hop, or a file that is not there, is one line and code 1', async () => {
  for (const [args, line] of [
    [['m2'], /^jabiru: no hop of m2: /],
    [['m1', 'none.log'], /^jabiru: cannot read the log: ENOENT: .*none\.log/],
    [['m1', '.'], /^jabiru: cannot read the log: EISDIR/],
  ] as const) {
    const terminal = recording({ cwd: scratch(), stdin: Readable.from(core) })
    assert.equal(await runCommandLine(['trace', ...args], terminal), 1)
    assert.match(terminal.errors.join('\n'), line)
  }
})

void test('a line of another event that holds the words is no hop', () => {
  assert.equal(parseHopLine('{"event":"other","text":"\\"event\\":\\"hop\\""}'), undefined)
  assert.equal(parseHopLine('{"event":"hop","trace":1}'), undefined)
})
