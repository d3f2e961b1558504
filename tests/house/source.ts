import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One import of a file: what is named, where, and whether only types come in. */
export interface Import {
  readonly specifier: string
  readonly line: number
  readonly typeOnly: boolean
}

/** A file as the rules of the house see it. `code` has the same lines with comments and the insides of strings blanked. */
export interface Source {
  readonly path: string
  readonly text: string
  readonly code: string
  readonly imports: readonly Import[]
}

/** A breach of a rule, to be read by the person who made it. `line` counts from 1; 0 means the whole file. */
export interface Finding {
  readonly path: string
  readonly line: number
  readonly say: string
}

/** The folder that holds packages/, services/ and tests/. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const SKIPPED = new Set(['node_modules', '.runtime', '.git', 'data', 'generated'])

/** Every TypeScript and JavaScript file of the house, paths relative to the root with forward slashes. */
export function readHouse(root: string = ROOT): readonly Source[] {
  return ['bin', 'packages', 'services', 'tests']
    .flatMap((folder) => listFiles(join(root, folder)))
    .filter((file) => /\.[jt]s$/.test(file))
    .toSorted()
    .map((file) => source(relative(root, file).split(sep).join('/'), readFileSync(file, 'utf8')))
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isFile()) return [path]
    return entry.isDirectory() && !SKIPPED.has(entry.name) ? listFiles(path) : []
  })
}

/** Makes a source of a text. */
export function source(path: string, text: string): Source {
  const code = blank(text)
  return { path, text, code, imports: importsOf(text, code) }
}

/** Findings as one message, a line each, in the form an editor can jump to. */
export function report(findings: readonly Finding[]): string {
  return findings.map((f) => `${f.path}:${f.line}: ${f.say}`).join('\n')
}

/** The line, from 1, on which an offset stands. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let i = text.indexOf('\n'); i !== -1 && i < offset; i = text.indexOf('\n', i + 1)) line += 1
  return line
}

const FROM = /\b(import|export)\b(\s+type\b)?[^'"`;()]*?\bfrom\s*(['"])/g
const BARE = /\bimport\s*(\()?\s*(['"])/g

function importsOf(text: string, code: string): Import[] {
  const found = [...code.matchAll(FROM), ...code.matchAll(BARE)].map((match) => {
    const start = match.index + match[0].length
    const end = code.indexOf(code.charAt(start - 1), start)
    const typeOnly = match[2]?.trim() === 'type'
    return { specifier: text.slice(start, end), line: lineAt(code, start), typeOnly }
  })
  return found.toSorted((a, b) => a.line - b.line)
}

/** A slash opens a regular expression, not a division, when no value stands before it. */
const BEFORE_REGEX = /(^|[=(,:;!&|?{}[+\-*%<>~^]|\b(return|typeof|case|of|in|yield|await|throw|else|do))\s*$/

/** Replaces comments and the insides of strings, templates and regular expressions with spaces; lines and offsets stay. */
function blank(text: string): string {
  const out: string[] = []
  const templates: number[] = [] // depth of braces inside each `${`
  let at = 0
  const keep = (length: number) => {
    out.push(text.slice(at, at + length))
    at += length
  }
  const hide = (end: number) => {
    out.push(text.slice(at, end).replaceAll(/[^\n]/g, ' '))
    at = end
  }
  const template = () => {
    hide(templateEnd(text, at))
    if (text[at] !== '$') return keep(1)
    keep(2)
    templates.push(0)
  }
  while (at < text.length) {
    const c = text.charAt(at)
    const next = text.charAt(at + 1)
    if (c === '/' && next === '/') hide(indexOr(text, '\n', at))
    else if (c === '/' && next === '*') hide(indexOr(text, '*/', at + 2) + 2)
    else if (c === '"' || c === "'") {
      keep(1)
      hide(stringEnd(text, at, c))
      keep(1)
    } else if (c === '`') {
      keep(1)
      template()
    } else if (c === '/' && BEFORE_REGEX.test(out.slice(-40).join('').slice(-40))) {
      keep(1)
      hide(regexEnd(text, at))
      keep(1)
    } else if (c === '}' && templates.at(-1) === 0) {
      keep(1)
      templates.pop()
      template()
    } else {
      const depth = templates.length - 1
      const open = templates[depth]
      if (open !== undefined && c === '{') templates[depth] = open + 1
      if (open !== undefined && c === '}') templates[depth] = open - 1
      keep(1)
    }
  }
  return out.join('')
}

function indexOr(text: string, what: string, from: number): number {
  const found = text.indexOf(what, from)
  return found === -1 ? text.length : found
}

function stringEnd(text: string, from: number, quote: string): number {
  let at = from
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
  return at
}

function templateEnd(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '`' && !text.startsWith('${', at)) at += text[at] === '\\' ? 2 : 1
  return at
}

function regexEnd(text: string, from: number): number {
  let at = from
  let inClass = false
  while (at < text.length && text[at] !== '\n' && (inClass || text[at] !== '/')) {
    if (text[at] === '[') inClass = true
    if (text[at] === ']') inClass = false
    at += text[at] === '\\' ? 2 : 1
  }
  return at
}
