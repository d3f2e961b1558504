import { children, type Element, textOf } from '@jabiru/xml'
import { any, show } from './markup.ts'
import { shorten } from './transcript.ts'

/** How a pattern is laid on what was received: `partial` ignores what the pattern does not speak of, `exact` does not. */
export type Mode = 'partial' | 'exact'

/** Where and how an element differs from a pattern, a line each; empty when it matches. */
export function differences(pattern: Element, actual: Element, mode: Mode = 'partial'): readonly string[] {
  return differ(pattern, actual, mode, pattern.name)
}

/** Whether an element matches a pattern. */
export function matches(pattern: Element, actual: Element, mode: Mode = 'partial'): boolean {
  return differences(pattern, actual, mode).length === 0
}

function differ(pattern: Element, actual: Element, mode: Mode, path: string): readonly string[] {
  if (pattern.name !== actual.name || pattern.ns !== actual.ns) {
    return [`${path}: expected ${nameOf(pattern)}, received ${nameOf(actual)}`]
  }
  return [
    ...differAttrs(pattern, actual, mode, path),
    ...differText(pattern, actual, mode, path),
    ...(mode === 'partial' ? differSome(pattern, actual, path) : differAll(pattern, actual, path)),
  ]
}

const nameOf = (e: Element) => `<${e.name} xmlns='${e.ns}'>`

function differAttrs(pattern: Element, actual: Element, mode: Mode, path: string): string[] {
  // RFC 6120 §8.1.5: a server may add the language of the stream.
  const theirs = mode === 'exact' ? Object.keys(actual.attrs).filter((name) => name !== 'xml:lang') : []
  const names = new Set([...Object.keys(pattern.attrs), ...theirs])
  return [...names].flatMap((name) => differValue(`${path}@${name}`, pattern.attrs[name], actual.attrs[name]))
}

function differText(pattern: Element, actual: Element, mode: Mode, path: string): string[] {
  const [expected, received] = [textOf(pattern), textOf(actual)]
  if (expected === '' && mode === 'partial') return []
  return differValue(`${path}/text()`, expected, received)
}

function differValue(path: string, expected: string | undefined, received: string | undefined): string[] {
  if (expected === any && received !== undefined && received !== '') return []
  if (expected === received) return []
  const quoted = (value: string | undefined) => (value === undefined ? 'nothing' : `'${shorten(value, 200)}'`)
  return [`${path}: expected ${expected === any ? 'any value' : quoted(expected)}, received ${quoted(received)}`]
}

/** Each child of the pattern needs a child of its own, in any order. */
function differSome(pattern: Element, actual: Element, path: string): readonly string[] {
  const wanted = children(pattern)
  const there = children(actual)
  if (assign(wanted, there)) return []
  const lines = differEach(wanted, there, path)
  return lines.length > 0 ? lines : [`${path}: expected more than one of these children, each its own`]
}

function differEach(wanted: readonly Element[], there: readonly Element[], path: string): readonly string[] {
  return wanted.flatMap((child) => {
    const alike = there.filter((c) => c.name === child.name && c.ns === child.ns)
    if (alike.some((c) => matches(child, c))) return []
    const step = `${path}/${child.name}`
    const [first] = alike
    if (first === undefined) return [`${step}: expected ${nameOf(child)}, received none`]
    return alike.map((c) => differ(child, c, 'partial', step)).reduce((a, b) => (b.length < a.length ? b : a))
  })
}

/** Whether every pattern finds a child that no other pattern takes. */
function assign(wanted: readonly Element[], there: readonly Element[]): boolean {
  const [first, ...rest] = wanted
  if (first === undefined) return true
  return there.some((c, i) => matches(first, c) && assign(rest, there.toSpliced(i, 1)))
}

function differAll(pattern: Element, actual: Element, path: string): readonly string[] {
  const [wanted, there] = [children(pattern), children(actual)]
  const length = Math.max(wanted.length, there.length)
  return Array.from({ length }, (_, i) => i).flatMap((i) => {
    const [expected, received] = [wanted[i], there[i]]
    if (expected === undefined) return received === undefined ? [] : [`${path}: not expected: ${show(received)}`]
    const step = `${path}/${expected.name}`
    if (received === undefined) return [`${step}: expected ${show(expected)}, received none`]
    return differ(expected, received, 'exact', step)
  })
}

/** What a person needs to see when nothing that arrived matches: the pattern, and the nearest of what came. */
export function explain(pattern: Element, received: readonly Element[], mode: Mode = 'partial'): string {
  const expected = `${mode === 'exact' ? 'exactly' : 'a stanza like'}\n    ${show(pattern)}`
  const [nearest] = received
    .map((e) => ({ e, lines: differences(pattern, e, mode) }))
    .toSorted((a, b) => distance(a) - distance(b))
  if (nearest === undefined) return `${expected}\n  and nothing came`
  const lines = nearest.lines.map((line) => `      ${line}`).join('\n')
  return `${expected}\n  the nearest of ${received.length} received\n    ${shorten(show(nearest.e))}\n  differs:\n${lines}`
}

/** A wrong name at the top is further away than any number of wrong values. */
function distance({ lines }: { readonly lines: readonly string[] }): number {
  return lines.some((line) => /^[^/@]*: expected </.test(line)) ? 1000 + lines.length : lines.length
}
