import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '@jabiru/runtime'
import { Channel, type ChannelEvents } from './channel.ts'
import { streamFraming } from './framing/stream.ts'
import { createCork } from './output.ts'
import { LIMITS } from './testing/house.ts'
import type { Transport, TransportEvents } from './transport/transport.ts'

/** A transport without a network. */
function stage(events: Partial<ChannelEvents> = {}) {
  const written: string[][] = []
  const faults: unknown[] = []
  const taken: (() => void)[] = []
  const state = { reading: false, destroyed: false, full: false }
  const hear: { events?: TransportEvents } = {}
  const transport: Transport = {
    remoteAddress: '127.0.0.1',
    write: (units, run) => {
      written.push([...units])
      if (run) taken.push(run)
    },
    buffered: () => 0,
    needsDrain: () => state.full,
    pause: () => void (state.reading = false),
    resume: () => void (state.reading = true),
    end: () => undefined,
    destroy: () => void (state.destroyed = true),
    widen: () => undefined,
    startTls: () => undefined,
    channelBindings: () => ({}),
  }
  const nothing = () => undefined
  const channel = new Channel(
    {
      transport: (told) => {
        hear.events = told
        return transport
      },
      framing: streamFraming,
      tls: 'starttls',
    },
    { limits: LIMITS, clock: createManualClock(), cork: createCork() },
    {
      open: nothing,
      top: nothing,
      close: nothing,
      unreadable: nothing,
      heard: nothing,
      secured: nothing,
      closed: nothing,
      fault: (fault) => void faults.push(fault),
      ...events,
    },
  )
  const told = hear.events
  assert.ok(told)
  channel.begin()
  return { channel, told, written, taken, faults, state }
}

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve))

test('all that one turn writes is one write, and each part is told when it is taken', async () => {
  const { channel, written, taken } = stage()
  const told: number[] = []
  channel.write('<a/>', 0, () => void told.push(1))
  channel.write('<b/>')
  channel.write('<c/>', 0, () => void told.push(3))
  assert.deepEqual(written, [])
  await turn()
  assert.deepEqual(written, [['<a/>', '<b/>', '<c/>']])
  assert.deepEqual(told, [])
  for (const run of taken) run()
  assert.deepEqual(told, [1, 3])
})

test('a client that does not read is not read either', async () => {
  const { channel, told, state } = stage()
  state.full = true
  channel.write('<a/>')
  await turn()
  assert.equal(state.reading, false)
  told.drained()
  assert.equal(state.reading, true)
})

test('what our own code throws is told, and thrown no further', () => {
  const fails = () => {
    throw new TypeError('ours')
  }
  for (const [event, cause] of [
    [{ heard: fails }, (told: TransportEvents) => told.data(Buffer.from(' '))],
    [{ open: fails }, (told: TransportEvents) => told.data(Buffer.from(`<s xmlns='urn:x'>`))],
    [{ secured: fails }, (told: TransportEvents) => told.secured()],
  ] as const) {
    const { told, faults } = stage(event)
    cause(told)
    assert.equal(faults.length, 1)
  }
})

test('RFC 6120 §4.4 after the last word nothing is read and nothing is written', async () => {
  const heard: string[] = []
  const { channel, told, written } = stage({ top: ({ name }) => void heard.push(name) })
  told.data(Buffer.from(`<s xmlns='urn:x'><a/>`))
  channel.end()
  channel.write('<late/>')
  told.data(Buffer.from('<b/>'))
  await turn()
  assert.deepEqual(heard, ['a'])
  assert.deepEqual(written, [['</stream:stream>']])
})
