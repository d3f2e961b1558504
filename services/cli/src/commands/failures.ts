import type { TestEvent } from 'node:test/reporters'
import { inspect } from 'node:util'

/** Of what a test failed with: what follows is mostly the two texts that differ. */
const MOST_LINES = 40

/**
 * A reporter for node's runner: what failed and why, and of what passed not a word. A run of several steps, or the end
 * of its output alone, tells by it what has to be mended.
 */
// oxlint-disable-next-line import/no-default-export -- what node's runner takes of a module
export default async function* failures(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== 'test:fail' || data.todo !== undefined || data.skip !== undefined) continue
    const { cause = data.details.error } = data.details.error
    const lines = (cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause)).split('\n')
    const rest = lines.length > MOST_LINES ? [`… ${lines.length - MOST_LINES} lines more`] : []
    const told = [...lines.slice(0, MOST_LINES), ...rest].map((line) => `  ${line}\n`)
    yield `✖ ${data.file ?? ''}:${data.line ?? ''} ${data.name}\n${told.join('')}`
  }
}
