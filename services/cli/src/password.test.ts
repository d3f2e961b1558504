import assert from 'node:assert/strict'
import { PassThrough, Readable } from 'node:stream'
import { test } from 'node:test'
import { askPassword } from './password.ts'

void test('a piped password is the first line, and nobody is asked', async () => {
  const written: string[] = []
  const source = { stdin: Readable.from(['hunter2\nmore\n']), write: (text: string) => void written.push(text) }
  assert.equal(await askPassword('Password: ', source), 'hunter2')
  assert.deepEqual(written, [])
})

void test('at a terminal it asks, and shows nothing of what is typed', async () => {
  const written: string[] = []
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  const asked = askPassword('Password: ', { stdin, write: (text) => void written.push(text) })
  stdin.write('hunter\u007f2\r')
  assert.equal(await asked, 'hunte2')
  assert.deepEqual(written, ['Password: ', '\n'])
})

void test('Ctrl-C at a terminal cancels', async () => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  const asked = askPassword('Password: ', { stdin, write: () => undefined })
  stdin.write('hunter\u0003')
  await assert.rejects(asked, { name: 'UserFault', message: 'cancelled' })
})

void test('where no password comes, the command says how to give one', async () => {
  await assert.rejects(askPassword('Password: ', { stdin: Readable.from([]), write: () => undefined }), {
    name: 'UserFault',
    message: 'no password given: type it, pipe it in, or use --password',
  })
})
