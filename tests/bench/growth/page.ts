import type { Machine } from '../machine.ts'
import type { Growth } from './results.ts'
import { tablesOf } from './tables.ts'

const [BEGIN, END] = ['<!-- growth -->', '<!-- /growth -->']

/** How the figures were taken. */
export interface Taking extends Machine {
  readonly seconds: number
  readonly pinned: boolean
}

/** Of others, which are not measured here. */
const PEERS = /^(prosody|ejabberd) /

/** The page with its figures in place of those that it had. */
export function pageWith(page: string, growth: Growth, taking: Taking): string {
  const { date, processor, cores, gigabytes, versions, sharing, seconds, pinned } = taking
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from === -1 || to < from) throw new Error(`the page has no place for figures, between ${BEGIN} and ${END}`)
  const own = versions.filter((version) => !PEERS.test(version))
  const place = pinned
    ? 'The server with its engines has core 0, the load generator core 1.'
    : 'The server with its engines and the load generator share all cores.'
  const taken = `Written by \`npm run bench -- --growth --write\`; do not edit. ${date}: ${cores} cores of ${processor}, ${gigabytes} GB; ${own.join(', ')}.
${place} ${sharing} ${seconds} s of measuring each time.`
  return `${page.slice(0, from)}${BEGIN}\n${taken}\n\n${tablesOf(growth, '###')}\n${page.slice(to)}`
}
