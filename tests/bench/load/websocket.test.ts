import assert from 'node:assert/strict'
import { test } from 'node:test'
import { frameOf, frameReader } from './websocket.ts'

/** A server's frame. */
const served = (text: string, opcode = 1): Buffer => {
  const { length } = text
  const size = Buffer.alloc(
    length < 126 ? 1 : length < 65_536 ? 3 : 9,
    length < 126 ? length : length < 65_536 ? 126 : 127,
  )
  if (size.length === 3) size.writeUInt16BE(length, 1)
  if (size.length === 9) size.writeBigUInt64BE(BigInt(length), 1)
  return Buffer.concat([Buffer.from([0x80 | opcode]), size, Buffer.from(text)])
}

void test('RFC 6455 §5.2 — frames of each length are read, whatever the chunks', () => {
  const texts = ['a'.repeat(5), 'b'.repeat(125), 'c'.repeat(126), 'd'.repeat(65_535), 'e'.repeat(65_536)]
  const bytes = Buffer.concat([...texts.map((text) => served(text)), served('ping', 9)])
  for (const step of [1, 7, 1000, bytes.length]) {
    const read = frameReader()
    let text = ''
    for (let at = 0; at < bytes.length; at += step) text += read(bytes.subarray(at, at + step))
    assert.equal(text, texts.join(''))
  }
})

void test('RFC 6455 §5.3 — a client masks what it sends', () => {
  for (const text of ['short', 'long '.repeat(100)]) {
    const frame = frameOf(text)
    assert.equal(frame.readUInt8(0), 0x81)
    assert.equal(frame.readUInt8(1) & 0x80, 0x80)
    assert.equal(frame.subarray(frame.length - text.length).toString(), text)
    assert.deepEqual([...frame.subarray(frame.length - text.length - 4, frame.length - text.length)], [0, 0, 0, 0])
  }
})
