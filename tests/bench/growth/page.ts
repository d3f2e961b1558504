import type { Machine } from '../machine.ts'
import type { Growth } from './results.ts'
import { tablesOf } from './tables.ts'

const [BEGIN, END] = ['<!-- growth -->', '<!-- /growth -->']

/** The page with its figures in place of those that it had. */
export function pageWith(
  page: string,
  growth: Growth,
  { date, processor, cores, gigabytes, versions }: Machine,
): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from === -1 || to < from) throw new Error(`the page has no place for figures, between ${BEGIN} and ${END}`)
  const taken = `Written by \`npm run bench -- --growth --write\`; do not edit. ${date}: ${cores} cores of ${processor}, ${gigabytes} GB; ${versions.join(', ')}.
The server with its engines has core 0, the load generator core 1.`
  return `${page.slice(0, from)}${BEGIN}\n${taken}\n\n${tablesOf(growth, '###')}\n${page.slice(to)}`
}
