import { type Document, isAlias, isMap, isNode, isScalar, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import type { SettingFault } from '../fault.ts'
import type { Found } from './environment.ts'
import { type Key, keys, sections } from './keys.ts'
import { nearest } from './nearest.ts'
import { checkValue } from './value.ts'

/** Reads the text of a jabiru.yaml. `name` is how the file is called in messages. */
export function readFile(text: string, name: string): Found {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true })
  const at = (offset: number | undefined) => `${name}:${offset === undefined ? 1 : counter.linePos(offset).line}`
  if (document.errors.length > 0) {
    const faults = document.errors.map((e) => ({ where: at(e.pos[0]), message: e.message.split('\n')[0] ?? e.code }))
    return { values: new Map(), faults }
  }
  return readMap(document, document.contents, { path: [], at })
}

interface Place {
  readonly path: readonly string[]
  readonly at: (offset: number | undefined) => string
}

function readMap(document: Document, node: Node | null | undefined, { path, at }: Place): Found {
  const target = isAlias(node) ? node.resolve(document) : node
  if (target === null || target === undefined || (isScalar(target) && target.value === null)) return nothing()
  if (!isMap(target)) {
    const key = path.length === 0 ? {} : { key: path.join('.') }
    return wrong([{ where: at(node?.range?.[0]), ...key, message: 'expected keys and values below it' }])
  }
  return together(target.items.map((pair) => readPair(document, pair, { path, at })))
}

function readPair(document: Document, pair: Pair, { path, at }: Place): Found {
  const inner = [...path, String(isScalar(pair.key) ? pair.key.value : pair.key)]
  const name = inner.join('.')
  const node = nodeOf(pair.value)
  const where = at(nodeOf(pair.key)?.range?.[0])
  if (path.length === 0 && sections.some((s) => s.name === name)) return readMap(document, node, { path: inner, at })
  const key = keys.find((k) => k.name === name)
  if (key === undefined) return wrong([{ where, key: name, message: unknown(name) }])
  return readValue(key, node?.toJS(document), where)
}

function readValue(key: Key, raw: unknown, where: string): Found {
  if (raw === null || raw === undefined) return nothing()
  const result = checkValue(key, raw)
  if (!result.ok) return wrong([{ where, key: key.name, message: result.message }])
  return { values: new Map([[key.name, result.value]]), faults: [] }
}

function nodeOf(value: unknown): Node | undefined {
  return isNode(value) ? value : undefined
}

function unknown(name: string): string {
  const meant = nearest(name, [...keys.map((k) => k.name), ...sections.map((s) => s.name)])
  return meant === undefined ? 'no such setting' : `no such setting; did you mean ${meant}?`
}

const nothing = (): Found => ({ values: new Map(), faults: [] })
const wrong = (faults: readonly SettingFault[]): Found => ({ values: new Map(), faults })
const together = (all: readonly Found[]): Found => ({
  values: new Map(all.flatMap((f) => [...f.values])),
  faults: all.flatMap((f) => f.faults),
})
