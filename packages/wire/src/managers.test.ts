import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInProcessBus } from '@jabiru/bus'
import type { InstanceRef } from './envelope.ts'
import { followManagers, sayAlive } from './managers.ts'
import { handClock } from './testing.ts'

/** Time that is heard of as it passes. */
function watched() {
  const { clock, pass } = handClock()
  const turn = () => new Promise<void>((resolve) => void setImmediate(resolve))
  const advance = async (ms: number) => {
    for (let left = ms; left > 0; left -= 500) {
      pass(Math.min(left, 500))
      await turn()
    }
  }
  /** Everything stands still for so long: what falls due runs once, afterwards. */
  const stall = async (ms: number) => {
    pass(ms)
    await turn()
  }
  return { clock, advance, stall, turn }
}

const nobody = (manager: InstanceRef) => assert.fail(`${manager.id} is not expected back`)

test('a connection manager is alive while it is heard, and dead five seconds after', async () => {
  const bus = createInProcessBus()
  const { clock, advance, turn } = watched()
  const self = { id: 'a', epoch: 1 }
  const dead: InstanceRef[] = []
  const voice = sayAlive(bus, self, clock)
  const managers = followManagers({ bus, clock, onDead: (manager) => dead.push(manager), onBack: nobody })
  await turn()
  await turn()
  assert.deepEqual(managers.alive(), [self])
  await advance(20_000)
  assert.deepEqual([managers.alive(), dead], [[self], []])
  voice.close()
  await advance(4_000)
  assert.deepEqual(dead, [])
  await advance(3_000)
  assert.deepEqual([managers.alive(), dead], [[], [self]])
  managers.close()
})

test('one that says that it leaves is gone at once, and is not taken for dead later', async () => {
  const bus = createInProcessBus()
  const { clock, advance, turn } = watched()
  const self = { id: 'a', epoch: 1 }
  const seen: string[] = []
  const managers = followManagers({
    bus,
    clock,
    onDead: () => seen.push('dead'),
    onLeft: ({ id }) => seen.push(`${id} left`),
    onBack: nobody,
  })
  const voice = sayAlive(bus, self, clock)
  await turn()
  assert.deepEqual(managers.alive(), [self])
  voice.leave()
  await turn()
  assert.deepEqual([managers.alive(), seen], [[], ['a left']])
  await advance(20_000)
  assert.deepEqual(seen, ['a left'])
  managers.close()
})

test('a later life of the same name is another connection manager', async () => {
  const bus = createInProcessBus()
  const { clock, advance } = watched()
  const dead: InstanceRef[] = []
  const first = sayAlive(bus, { id: 'a', epoch: 1 }, clock)
  const managers = followManagers({ bus, clock, onDead: (manager) => dead.push(manager), onBack: nobody })
  await advance(1_000)
  first.close()
  const second = sayAlive(bus, { id: 'a', epoch: 2 }, clock)
  await advance(7_000)
  assert.deepEqual(dead, [{ id: 'a', epoch: 1 }])
  assert.deepEqual(managers.alive(), [{ id: 'a', epoch: 2 }])
  second.close()
  managers.close()
})

test('a process that stood still takes nobody for dead', async () => {
  const bus = createInProcessBus()
  const { clock, advance, stall } = watched()
  const dead: InstanceRef[] = []
  const managers = followManagers({ bus, clock, onDead: (manager) => dead.push(manager), onBack: nobody })
  const voice = sayAlive(bus, { id: 'a', epoch: 1 }, clock)
  await advance(2_000)
  await stall(60_000)
  await stall(60_000)
  await advance(5_000)
  assert.deepEqual(dead, [])
  voice.close()
  managers.close()
})

test('one that was taken for dead and is heard again is back', async () => {
  const bus = createInProcessBus()
  const { clock, advance } = watched()
  const self = { id: 'a', epoch: 1 }
  const seen: string[] = []
  const managers = followManagers({ bus, clock, onDead: () => seen.push('dead'), onBack: () => seen.push('back') })
  const voice = sayAlive(bus, self, clock)
  await advance(2_000)
  voice.close()
  await advance(8_000)
  const again = sayAlive(bus, self, clock)
  await advance(2_000)
  assert.deepEqual(seen, ['dead', 'back'])
  assert.deepEqual(managers.alive(), [self])
  again.close()
  managers.close()
})
