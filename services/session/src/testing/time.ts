import type { House } from './house.ts'

const STEP_MS = 250
const turn = () => new Promise((resolve) => void setImmediate(resolve))

/** Time goes on, while what is said on the bus is heard and what was asked of the database is answered. */
export async function pass({ clock, store }: Pick<House, 'clock' | 'store'>, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += STEP_MS) {
    clock.advance(STEP_MS)
    for (let i = 0; i < 6; i++) {
      await turn()
      await store.database.query('SELECT 1')
    }
  }
}

/** Time goes on until that has settled. */
export async function passUntil<T>(house: Pick<House, 'clock' | 'store'>, settling: Promise<T>): Promise<T> {
  const state = { settled: false }
  const noted = settling.finally(() => {
    state.settled = true
  })
  while (!state.settled) await pass(house, STEP_MS)
  return noted
}
