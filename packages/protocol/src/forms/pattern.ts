/**
 * Regular expressions of XEP-0122 §3.2.4: POSIX extended ones, matched against the whole value. They may come from
 * others, so that nothing here goes back: time is bounded by the number of states times the length of the value.
 */
export type Pattern = (text: string) => boolean

/** States of a pattern; one with more is not understood. */
const MOST_STATES = 500
/** Code points of a pattern. */
const LONGEST_PATTERN = 1_000
/** Groups inside each other. */
const DEEPEST = 20
/** Code points of a value that is matched; no longer one does. */
const LONGEST = 4_096

type Test = (point: number) => boolean
type State =
  | { readonly on: 'point'; readonly test: Test; next: number }
  | { readonly on: 'split'; readonly next: number[] }
  | { readonly on: 'begin' | 'end'; next: number }
  | { readonly on: 'match' }

/** A piece of the pattern: where it begins, and what is to be led to what follows it. */
interface Piece {
  readonly start: number
  readonly leave: (to: number) => void
}

/** A part that was read and can be built as often as it is repeated. */
type Build = () => Piece

class NotUnderstood extends Error {}

/** Undefined for what is no such expression, or too large a one. */
export function compilePattern(source: string): Pattern | undefined {
  if (source.length > LONGEST_PATTERN) return undefined
  try {
    const states: State[] = []
    const piece = createReader(Array.from(source), states).all()()
    states.push({ on: 'match' })
    piece.leave(states.length - 1)
    return (text) => run(states, piece.start, text)
  } catch (fault) {
    if (fault instanceof NotUnderstood) return undefined
    throw fault
  }
}

function run(states: readonly State[], start: number, text: string): boolean {
  if (text.length > LONGEST) return false
  const points = Array.from(text, (c) => c.codePointAt(0) ?? 0)
  let here = reach(states, [start], { first: true, last: points.length === 0 })
  for (const [i, point] of points.entries()) {
    const next: number[] = []
    for (const at of here) {
      const state = states[at]
      if (state?.on === 'point' && state.test(point)) next.push(state.next)
    }
    if (next.length === 0) return false
    here = reach(states, next, { first: false, last: i === points.length - 1 })
  }
  return [...here].some((at) => states[at]?.on === 'match')
}

/** Every state that is reached without taking a character. */
function reach(states: readonly State[], from: readonly number[], place: { first: boolean; last: boolean }) {
  const reached = new Set<number>()
  const waiting = [...from]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (reached.has(at)) continue
    reached.add(at)
    const state = states[at]
    if (state?.on === 'split') waiting.push(...state.next)
    else if (state?.on === 'begin' && place.first) waiting.push(state.next)
    else if (state?.on === 'end' && place.last) waiting.push(state.next)
  }
  return reached
}

function createReader(source: readonly string[], states: State[]) {
  let at = 0
  let depth = 0

  const add = (state: State): number => {
    if (states.length >= MOST_STATES) throw new NotUnderstood()
    return states.push(state) - 1
  }
  const take = (c: string): boolean => {
    if (source[at] !== c) return false
    at++
    return true
  }

  const single =
    (make: () => Exclude<State, { on: 'split' | 'match' }>): Build =>
    () => {
      const state = make()
      return { start: add(state), leave: (to) => (state.next = to) }
    }
  const point = (test: Test) => single(() => ({ on: 'point', test, next: -1 }))

  const nothing: Build = () => {
    const state = { on: 'split' as const, next: [] as number[] }
    return { start: add(state), leave: (to) => state.next.push(to) }
  }

  const sequence =
    (parts: readonly Build[]): Build =>
    () =>
      parts.map((build) => build()).reduce(follow, nothing())
  const follow = (first: Piece, second: Piece): Piece => {
    first.leave(second.start)
    return { start: first.start, leave: second.leave }
  }

  const either =
    (parts: readonly Build[]): Build =>
    () => {
      const pieces = parts.map((build) => build())
      const start = add({ on: 'split', next: pieces.map((piece) => piece.start) })
      return { start, leave: (to) => pieces.forEach((piece) => piece.leave(to)) }
    }

  const optional =
    (part: Build): Build =>
    () => {
      const piece = part()
      const split = { on: 'split' as const, next: [piece.start] }
      const leave = (to: number) => {
        split.next.push(to)
        piece.leave(to)
      }
      return { start: add(split), leave }
    }

  const many =
    (part: Build): Build =>
    () => {
      const piece = part()
      const split = { on: 'split' as const, next: [piece.start] }
      const start = add(split)
      piece.leave(start)
      return { start, leave: (to) => split.next.push(to) }
    }

  const repeated = (part: Build, least: number, most: number): Build => {
    const copies = (n: number, build: Build) => Array.from({ length: n }, () => build)
    const rest = most === Number.POSITIVE_INFINITY ? [many(part)] : copies(most - least, optional(part))
    return sequence([...copies(least, part), ...rest])
  }

  const bounds = (): readonly [number, number] => {
    const text = source.slice(at, at + 10).join('')
    const found = /^(\d{1,3})(,(\d{0,3}))?\}/.exec(text)
    if (found === null) throw new NotUnderstood()
    at += found[0].length
    const least = Number(found[1])
    const most = found[2] === undefined ? least : found[3] === '' ? Number.POSITIVE_INFINITY : Number(found[3])
    if (most < least || (most !== Number.POSITIVE_INFINITY && most > MOST_STATES)) throw new NotUnderstood()
    return [least, most]
  }

  const repetition = (part: Build): Build => {
    if (take('*')) return many(part)
    if (take('+')) return repeated(part, 1, Number.POSITIVE_INFINITY)
    if (take('?')) return optional(part)
    if (take('{')) return repeated(part, ...bounds())
    return part
  }

  const atom = (): Build => {
    const c = source[at++]
    if (c === undefined || '*+?{'.includes(c)) throw new NotUnderstood()
    if (c === '(') return group()
    if (c === '[') return point(bracket())
    if (c === '.') return point(() => true)
    if (c === '^') return single(() => ({ on: 'begin', next: -1 }))
    if (c === '$') return single(() => ({ on: 'end', next: -1 }))
    return point(same(c === '\\' ? escaped() : c))
  }

  const escaped = (): string => {
    const c = source[at++]
    // What a letter stands for after a backslash, POSIX does not say.
    if (c === undefined || /[\p{L}\p{N}]/u.test(c)) throw new NotUnderstood()
    return c
  }

  const group = (): Build => {
    if (++depth > DEEPEST) throw new NotUnderstood()
    const inner = alternatives()
    if (!take(')')) throw new NotUnderstood()
    depth--
    return inner
  }

  const bracket = (): Test => {
    const isNot = take('^')
    const tests: Test[] = []
    do tests.push(bracketPart())
    while (!take(']'))
    return (p) => tests.some((test) => test(p)) !== isNot
  }

  const bracketPart = (): Test => {
    if (source[at] === '[' && '.=:'.includes(source[at + 1] ?? ' ')) return className()
    const low = source[at++]
    if (low === undefined) throw new NotUnderstood()
    if (source[at] !== '-' || source[at + 1] === ']') return same(low)
    const high = source[at + 1]
    if (high === undefined) throw new NotUnderstood()
    at += 2
    const [from, to] = [low.codePointAt(0) ?? 0, high.codePointAt(0) ?? 0]
    if (from > to) throw new NotUnderstood()
    return (p) => p >= from && p <= to
  }

  const className = (): Test => {
    const found = /^\[:(\w+):\]/.exec(source.slice(at, at + 12).join(''))
    const test = CLASSES[found?.[1] ?? '']
    if (found === null || test === undefined) throw new NotUnderstood()
    at += found[0].length
    return (p) => test.test(String.fromCodePoint(p))
  }

  const branch = (): Build => {
    const parts: Build[] = []
    while (at < source.length && source[at] !== '|' && source[at] !== ')') parts.push(repetition(atom()))
    return sequence(parts)
  }
  const alternatives = (): Build => {
    const branches = [branch()]
    while (take('|')) branches.push(branch())
    const [only] = branches
    return branches.length === 1 && only !== undefined ? only : either(branches)
  }

  return {
    all: (): Build => {
      const built = alternatives()
      if (at < source.length) throw new NotUnderstood()
      return built
    },
  }
}

const same =
  (c: string): Test =>
  (p) =>
    p === c.codePointAt(0)

/** UTS #18, annex C. */
const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /^[\p{Alphabetic}\p{Nd}]$/u,
  alpha: /^\p{Alphabetic}$/u,
  blank: /^[\p{Zs}\t]$/u,
  cntrl: /^\p{Cc}$/u,
  digit: /^\p{Nd}$/u,
  graph: /^[^\p{White_Space}\p{Cc}\p{Cs}\p{Cn}]$/u,
  lower: /^\p{Lowercase}$/u,
  print: /^[^\p{Cc}\p{Cs}\p{Cn}\n\t]$/u,
  punct: /^\p{P}$/u,
  space: /^\p{White_Space}$/u,
  upper: /^\p{Uppercase}$/u,
  xdigit: /^[\p{Nd}A-Fa-f]$/u,
}
