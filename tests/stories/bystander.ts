import assert from 'node:assert/strict'
import { type Device, xml } from '@jabiru/testkit'

/** What a bystander may have to wait for one message, in milliseconds, on a machine that does much else. */
const WORST_MS = 5_000
const MEDIAN_MS = 500
/** So many messages of a bystander; all of them within the deadline of a story, were each as slow as half of them may be. */
export const MESSAGES = 40

/** Sends messages to and fro, one at a time, and gives how long each took, shortest first. */
export async function latencies(one: Device, other: Device, count: number): Promise<readonly number[]> {
  const took: number[] = []
  for (let n = 0; n < count; n += 1) {
    const began = performance.now()
    one.sends(xml`<message to="${other}" type="chat" id="l${n}"><body>${n}</body></message>`)
    await other.receives(xml`<message from="${one}" id="l${n}"/>`)
    took.push(performance.now() - began)
  }
  return took.toSorted((a, b) => a - b)
}

export function checkLatencies(took: readonly number[]): void {
  const [median, worst] = [took[Math.floor(took.length / 2)] ?? 0, took.at(-1) ?? 0]
  assert.ok(median < MEDIAN_MS, `half of the bystander's messages took ${median.toFixed(0)} ms or more`)
  assert.ok(worst < WORST_MS, `a bystander's message took ${worst.toFixed(0)} ms`)
}
