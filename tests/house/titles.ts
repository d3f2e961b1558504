import { lineAt, type Source } from './source.ts'

/** What a test says it holds: the start of its title cites a document and a section. */
export interface Title {
  readonly doc: string
  /** Empty where a document has none. */
  readonly section: string
  /** The title without its citations; `…` stands for what only the run knows. */
  readonly words: string
  readonly path: string
  readonly line: number
}

/** A string as it stands in the code; `end` is the offset after its last quote. */
interface Literal {
  readonly at: number
  readonly end: number
  readonly text: string
}

const CITATION = /^((?:RFC|XEP)[- ]\d+),? +(§[\w.]+(?:, §[\w.]+)*)(?:,? +|$)/
/** A published weakness has no sections. */
const WEAKNESS = /^(CVE-\d{4}-\d+)(?:,? +|$)/
const LOOSE = /^(§[\w.]+(?:, §[\w.]+)*) +/
const NUMBER = /^\d+(?:\.\d+)+$/
/** A title of which the rows give the section: `RFC 6120 ${name} is refused`, or `RFC 6120 §${section} ${name} is refused`. */
const OF_ROWS = /^((?:RFC|XEP)[- ]\d+) (?:\$\{\w+\}|§\$\{\w+\} \$\{\w+\})/

/** Every title in the tests that cites a section, also those that are made of the rows of a table in the same file. */
export function titlesIn(house: readonly Source[]): readonly Title[] {
  return house.filter(({ path }) => path.endsWith('.test.ts')).flatMap(titlesOf)
}

function titlesOf(file: Source): readonly Title[] {
  const literals = literalsOf(file)
  return literals.flatMap((literal) => {
    const line = lineAt(file.text, literal.at)
    const rows = OF_ROWS.exec(literal.text)
    if (rows === null) return cited(literal.text).map((one) => ({ ...one, path: file.path, line }))
    const [head, doc = ''] = rows
    const rest = literal.text.slice(head.length)
    const begins = head.includes('§') ? NUMBER : LOOSE
    return rowsFor(file, literals, literal.at, begins).flatMap((row) =>
      cited(`${doc} ${row.text}${rest}`).map((one) => ({ ...one, path: file.path, line: lineAt(file.text, row.at) })),
    )
  })
}

/** What begins the rows of the nearest loop around an offset that goes through such: a section and words, in one string or in two. */
function rowsFor({ code }: Source, literals: readonly Literal[], at: number, begins: RegExp): readonly Literal[] {
  for (const [, table = ''] of [...code.slice(0, at).matchAll(/\bof (\w+)\)/g)].toReversed()) {
    const begin = code.search(new RegExp(`\\bconst ${table}\\b.* = \\[$`, 'm'))
    const end = code.indexOf('\n]', begin)
    const rows = literals.flatMap((one, i) => {
      if (begin < 0 || one.at < begin || one.at > end || !begins.test(one.text)) return []
      return begins === NUMBER ? { ...one, text: `§${one.text} ${literals[i + 1]?.text ?? ''}` } : one
    })
    if (rows.length > 0) return rows
  }
  return []
}

function cited(text: string): readonly Pick<Title, 'doc' | 'section' | 'words'>[] {
  const found: { doc: string; section: string }[] = []
  let rest = text
  for (let match = citation(rest); match !== null; match = citation(rest)) {
    const [all, doc = '', sections = '§'] = match
    found.push(...sections.split(', ').map((section) => ({ doc, section: section.slice(1) })))
    rest = rest.slice(all.length)
  }
  const words = withoutHoles(rest).replace(/^(?:—|-|:) /, '')
  return found.map((one) => ({ ...one, words }))
}

const citation = (text: string) => CITATION.exec(text) ?? WEAKNESS.exec(text)

/** A template with `…` for each `${…}`. */
function withoutHoles(text: string): string {
  const at = text.indexOf('${')
  return at < 0 ? text : `${text.slice(0, at)}…${withoutHoles(text.slice(holeEnd(text, at + 1)))}`
}

/** After the brace that closes the one at an offset. */
function holeEnd(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const c = text.charAt(at)
    if (c === '{') depth++
    else if (c === '}' && --depth === 0) return at + 1
  }
  return text.length
}

/** The strings of a file; in a template what is computed stands as it is written. */
function literalsOf({ text, code }: Source): readonly Literal[] {
  const found: Literal[] = []
  for (let at = 0; at < code.length; ) {
    const quote = code.charAt(at)
    const end =
      quote === "'" || quote === '"' ? code.indexOf(quote, at + 1) : quote === '`' ? templateEnd(code, at) : -1
    if (end < 0) at++
    else {
      found.push({ at, end: end + 1, text: unescaped(text.slice(at + 1, end)) })
      at = end + 1
    }
  }
  return found
}

const unescaped = (text: string): string => text.replaceAll(/\\(['"`\\])/g, '$1')

/** Where a template ends that begins at an offset: at the next backtick outside of `${…}`. */
function templateEnd(code: string, from: number): number {
  let depth = 0
  for (let at = from + 1; at < code.length; at++) {
    const c = code.charAt(at)
    if (c === '{') depth++
    else if (c === '}') depth--
    else if (c === '`' && depth === 0) return at
  }
  return -1
}
