import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endsOf, headerFrom, headerWith, LOCAL_HEADER, SIGNATURE } from '../testing/proxy-header.ts'
import { MOST_BYTES, ProxyHeaderFault, readProxyHeader } from './proxy-header.ts'

const V4 = endsOf('192.0.2.1')
const V6 = endsOf('2001:db8::7')
/** What a terminator may add: a name, what is known of TLS, nothing at all. */
const TLV = Buffer.from([0x02, 0, 9, ...Buffer.from('localhost'), 0x20, 0, 5, 1, 0, 0, 0, 0, 0x04, 0, 0])
const LONG = Buffer.alloc(MOST_BYTES - 16 - V4.length)

const GOOD: readonly (readonly [title: string, header: Buffer, address: string | undefined])[] = [
  ['TCP over IPv4', headerWith(0x21, 0x11, V4), '192.0.2.1'],
  ['TCP over IPv6', headerWith(0x21, 0x21, V6), '2001:db8::7'],
  ['IPv4 within IPv6', headerWith(0x21, 0x21, endsOf('::ffff:c000:201')), '::ffff:192.0.2.1'],
  ['loopback', headerWith(0x21, 0x21, endsOf('::1')), '::1'],
  ['more behind the addresses of IPv4', headerFrom('192.0.2.1', TLV), '192.0.2.1'],
  ['more behind the addresses of IPv6', headerFrom('2001:db8::7', TLV), '2001:db8::7'],
  ['more that is no list of anything', headerFrom('192.0.2.1', Buffer.from([9, 0xff, 0xff])), '192.0.2.1'],
  ['as much as is taken', headerFrom('192.0.2.1', LONG), '192.0.2.1'],
  ['LOCAL', LOCAL_HEADER, undefined],
  ['LOCAL with addresses, which do not count', headerWith(0x20, 0x11, V4), undefined],
  ['LOCAL with a family that there is not', headerWith(0x20, 0xff, TLV), undefined],
  ['UNSPEC', headerWith(0x21, 0x00, Buffer.alloc(0)), undefined],
  ['UNSPEC with more', headerWith(0x21, 0x00, TLV), undefined],
  ['an address without a transport', headerWith(0x21, 0x10, V4), undefined],
  ['UDP over IPv4', headerWith(0x21, 0x12, V4), undefined],
  ['UDP over IPv6', headerWith(0x21, 0x22, V6), undefined],
  ['a UNIX socket', headerWith(0x21, 0x31, Buffer.alloc(216, 0x61)), undefined],
]

for (const [title, header, address] of GOOD) {
  test(`PROXY protocol §2.2 a header is read, in pieces or with more behind it: ${title}`, () => {
    const expected = { bytes: header.length, address }
    for (let length = 0; length < header.length; length++)
      assert.equal(readProxyHeader(header.subarray(0, length)), undefined, `${length} bytes`)
    assert.deepEqual(readProxyHeader(header), expected)
    assert.deepEqual(readProxyHeader(Buffer.concat([header, Buffer.from('<stream:stream>')])), expected)
    // Also where it does not begin the memory in which it lies.
    assert.deepEqual(readProxyHeader(new Uint8Array([1, 2, 3, ...header]).subarray(3)), expected)
  })
}

const BAD: readonly (readonly [title: string, bytes: Buffer, enough: number, reason: RegExp])[] = [
  ['version 1', Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 50000 5223\r\n'), 1, /signature/],
  ['a stream', Buffer.from(`<?xml version='1.0'?>`), 1, /signature/],
  ['TLS', Buffer.from([22, 3, 1, 0, 200]), 1, /signature/],
  ['HTTP after blank lines', Buffer.from('\r\n\r\nGET / HTTP/1.1\r\n'), 5, /signature/],
  ['a signature with one bit wrong', Buffer.concat([SIGNATURE.subarray(0, 11), Buffer.from([0x0b])]), 12, /signature/],
  ['another version', headerWith(0x11, 0x11, V4), 13, /version 1/],
  ['a version to come', headerWith(0x31, 0x11, V4), 13, /version 3/],
  ['a command that there is not', headerWith(0x22, 0x11, V4), 13, /command 2/],
  ['a family that there is not', headerWith(0x21, 0x41, V4), 16, /family 65/],
  ['a transport that there is not', headerWith(0x21, 0x13, V4), 16, /family 19/],
  ['too short for IPv4', headerWith(0x21, 0x11, V4.subarray(1)), 16, /no room/],
  ['too short for IPv6', headerWith(0x21, 0x21, V4), 16, /no room/],
  ['nothing where addresses are due', headerWith(0x21, 0x11, Buffer.alloc(0)), 16, /no room/],
  ['one byte too many', headerFrom('192.0.2.1', Buffer.concat([LONG, LONG.subarray(0, 1)])), 16, /4097 bytes/],
  ['64 KiB', headerWith(0x21, 0x11, V4, 0xffff), 16, /65551 bytes/],
  ['64 KiB of LOCAL', headerWith(0x20, 0x00, V4, 0xffff), 16, /65551 bytes/],
]

for (const [title, bytes, enough, reason] of BAD) {
  test(`PROXY protocol §2.2 what is no header is known after ${enough} bytes: ${title}`, () => {
    const isRefused = (fault: unknown) => fault instanceof ProxyHeaderFault && reason.test(fault.message)
    for (let length = 0; length < enough; length++)
      assert.equal(readProxyHeader(bytes.subarray(0, length)), undefined, `${length} bytes`)
    for (let length = enough; length <= bytes.length; length++)
      assert.throws(() => readProxyHeader(bytes.subarray(0, length)), isRefused, `${length} bytes`)
  })
}

const SEED = Number(process.env['JABIRU_TEST_SEED'] ?? 1)

/** Numbers that are the same for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

type Verdict = ReturnType<typeof readProxyHeader> | string

function verdict(bytes: Uint8Array): Verdict {
  try {
    return readProxyHeader(bytes)
  } catch (fault) {
    if (fault instanceof ProxyHeaderFault) return fault.message
    throw fault
  }
}

test('PROXY protocol §2.2 whatever comes is read as a header within what came, refused, or waited for', () => {
  const random = randomFrom(SEED)
  const seeds = [...GOOD, ...BAD].map(([, bytes]) => bytes).filter(({ length }) => length < 300)
  const seen = { header: 0, refused: 0, waiting: 0 }
  for (let round = 0; round < 20_000; round++) {
    const bytes = Buffer.from(seeds[random(seeds.length)] ?? [])
    for (let flips = random(4); flips > 0; flips--) {
      const at = random(bytes.length)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8))
    }
    const cut = bytes.subarray(0, random(2) === 0 ? bytes.length : random(bytes.length + 1))
    const said = verdict(cut)
    const told = `seed ${SEED}, round ${round}: ${cut.toString('hex')}`
    if (typeof said === 'string') seen.refused++
    else if (said === undefined) seen.waiting++
    else {
      seen.header++
      assert.ok(said.bytes >= 16 && said.bytes <= cut.length, told)
      // What lies behind it makes no difference, and without its last byte it is not whole.
      assert.deepEqual(verdict(cut.subarray(0, said.bytes)), said, told)
      assert.equal(verdict(cut.subarray(0, said.bytes - 1)), undefined, told)
    }
    // Who is refused is refused whatever follows.
    if (typeof said === 'string') assert.equal(verdict(Buffer.concat([cut, Buffer.alloc(64)])), said, told)
  }
  for (const [what, times] of Object.entries(seen)) assert.ok(times > 500, `${what}: ${times}`)
})
