import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { REQUIREMENTS } from './requirements/index.ts'
import { DEPARTS, type Departs, type Requirements, type Row } from './requirements/row.ts'
import { lineAt, ROOT, readHouse, type Source } from './source.ts'
import { type Title, titlesIn } from './titles.ts'

// Writes what is asked of a server, and which test holds it: node tests/house/conformance.ts

export const PAGE = 'docs/conformance.md'

/** A departure, as the code gives its reason. */
export interface Departure {
  readonly doc: string
  readonly section: string
  readonly reason: string
  readonly path: string
  readonly line: number
}

const NOTSPEC = /NOTSPEC\(((?:RFC|XEP)[- ]\d+) (§[^)]*)\): ([^\n]*(?:\n *(?:\*|\/\/) (?!NOTSPEC|COMPAT)[^\n@/]*)*)/g

/** Every `NOTSPEC` of the sources. */
export function departuresIn(house: readonly Source[]): readonly Departure[] {
  return house
    .filter(({ path }) => !path.startsWith('tests/house/'))
    .flatMap(({ path, text }) =>
      [...text.matchAll(NOTSPEC)].flatMap((match) => {
        const [, doc = '', sections = '', said = ''] = match
        const reason = said.replaceAll(/\n *(?:\*|\/\/) /g, ' ').replace(/ *\*\/.*$/, '')
        const where = { path, line: lineAt(text, match.index) }
        return Array.from(sections.matchAll(/§([\w.]+)/g), ([, section = '']) => {
          return { doc, section, reason: reason.trim(), ...where }
        })
      }),
    )
}

/** What the page says of one requirement. */
type Verdict =
  | { readonly state: 'tested'; readonly title: Title }
  | { readonly state: 'departs'; readonly departure: Departure }
  | { readonly state: 'not yet'; readonly reason: string }
  /** The row names a test or a departure that is not there. */
  | { readonly state: 'broken' }

const isNear = (a: string, b: string): boolean => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`)

/** Whether a title is one of those that a row names. */
function holds(title: Title, doc: string, section: string, by: string): boolean {
  const cited = `${title.doc} ${title.section === '' ? '' : `§${title.section} `}${title.words}`
  if (/^(?:RFC|XEP|CVE)/.test(by)) return cited.includes(by)
  if (title.doc !== doc) return false
  return by.startsWith('§') ? cited.includes(by) : isNear(title.section, section) && title.words.includes(by)
}

const isDeparture = (by: Row[3]): by is typeof DEPARTS | Departs =>
  by === DEPARTS || (typeof by === 'object' && 'departs' in by)

const isMeant = (by: typeof DEPARTS | Departs, { reason }: Departure): boolean =>
  by === DEPARTS || reason.includes(by.departs)

function judge(doc: string, row: Row, titles: readonly Title[], departures: readonly Departure[]): Verdict {
  const [section, , , by] = row
  if (by === undefined) return { state: 'not yet', reason: '' }
  if (isDeparture(by)) {
    const departure = departures.find((one) => one.doc === doc && one.section === section && isMeant(by, one))
    return departure === undefined ? { state: 'broken' } : { state: 'departs', departure }
  }
  if (typeof by !== 'string') return { state: 'not yet', reason: by.later }
  const title = titles.find((one) => holds(one, doc, section, by))
  return title === undefined ? { state: 'broken' } : { state: 'tested', title }
}

/** What the rows of a document claim and nothing bears out. */
export function unfounded(
  { doc, rows }: Requirements,
  titles: readonly Title[],
  departures: readonly Departure[],
): readonly string[] {
  const broken = rows.flatMap((row) => {
    const [section, , asks, by] = row
    const words = isDeparture(by) && by !== DEPARTS ? `: …${by.departs}` : ''
    const wanted = typeof by === 'string' ? by : `NOTSPEC(${doc} §${section})${words}`
    return judge(doc, row, titles, departures).state === 'broken' ? `${doc} §${section} ${asks}: no ${wanted}` : []
  })
  const unclaimed = departures.filter(
    (one) =>
      one.doc === doc &&
      !rows.some(([section, , , by]) => isDeparture(by) && section === one.section && isMeant(by, one)),
  )
  return [...broken, ...unclaimed.map((one) => `${one.path}:${one.line}: no row departs from ${doc} §${one.section}`)]
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*')
const link = (words: string, path: string): string => `[${cell(words).replaceAll(/[[\]]/g, '\\$&')}](../${path})`

function lineOf(doc: string, row: Row, titles: readonly Title[], departures: readonly Departure[]): string {
  const [section, keyword, asks] = row
  const verdict = judge(doc, row, titles, departures)
  const proof = () => {
    if (verdict.state === 'tested') return link(verdict.title.words, verdict.title.path)
    if (verdict.state === 'departs') return link(verdict.departure.reason, verdict.departure.path)
    return verdict.state === 'not yet' ? cell(verdict.reason) : ''
  }
  return `| ${section} | ${keyword === 'says' ? '' : keyword} | ${cell(asks)} | ${proof()} | ${verdict.state} |`
}

function tally(of: Requirements, titles: readonly Title[], departures: readonly Departure[]): string {
  const states = of.rows.map((row) => judge(of.doc, row, titles, departures).state)
  const count = (state: Verdict['state']): number => states.filter((one) => one === state).length
  return `| ${of.doc} | ${of.title} | ${states.length} | ${count('tested')} | ${count('departs')} | ${count('not yet')} |`
}

const HEAD = `# Conformance

Written by \`node tests/house/conformance.ts\` from the titles of the tests and from \`tests/house/requirements/\`; a test fails while it is
stale. A row is what a document asks of a server: \`tested\` by the test it names, \`departs\` on purpose and for the reason that stands in
the code, or \`not yet\`. What is asked of clients alone has no row; a row without a capital word is a rule that the document gives without one.

| document | | rows | tested | departs | not yet |
| --- | --- | --- | --- | --- | --- |`

/** The page as it is to be. */
export function conformancePage(house: readonly Source[], all: readonly Requirements[] = REQUIREMENTS): string {
  const titles = titlesIn(house)
  const departures = departuresIn(house)
  const tables = all.map((of) =>
    [
      `## ${of.doc}: ${of.title}`,
      '',
      '| § | | asks | test, or why not | state |',
      '| --- | --- | --- | --- | --- |',
      ...of.rows.map((row) => lineOf(of.doc, row, titles, departures)),
      '',
    ].join('\n'),
  )
  return [HEAD, ...all.map((of) => tally(of, titles, departures)), '', ...tables].join('\n')
}

if (import.meta.main) writeFileSync(join(ROOT, PAGE), conformancePage(readHouse()))
