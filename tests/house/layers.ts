import type { Finding, Source } from './source.ts'

/** Packages by floor: a package imports only from floors below its own. */
export const FLOORS: readonly (readonly string[])[] = [
  ['jid', 'xml'],
  ['stanza'],
  ['protocol', 'routing', 'sasl'],
  ['bus', 'store', 'state'],
  ['cluster'],
  ['wire'],
  ['runtime'],
  ['testkit'],
]

/** The services that compose others, and so may import them. */
const COMPOSERS = new Set(['standalone', 'cli'])

const floorOf = (name: string) => FLOORS.findIndex((floor) => floor.includes(name))

/** Where a file lives: packages/xml/src/a.ts is of kind `packages`, name `xml`. */
export function homeOf(path: string): { readonly kind: string; readonly name: string } {
  const [kind = '', name = ''] = path.split('/')
  return { kind, name }
}

/** `@jabiru/xml` or `@jabiru/xml/more` names `xml`; anything else names nothing of the house. */
function houseName(specifier: string): string | undefined {
  return /^@jabiru\/([^/]+)/.exec(specifier)?.[1]
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || path.includes('/test/')
}

/** Who may import whom. `services` are the names of the folders in services/. */
export function layers(house: readonly Source[], services: ReadonlySet<string>): readonly Finding[] {
  return house.flatMap((file) =>
    file.imports.flatMap(({ specifier, line }) => {
      const say = specifier.startsWith('.')
        ? staysHome(file.path, specifier)
        : mayImport(file.path, houseName(specifier), services)
      return say === undefined ? [] : [{ path: file.path, line, say: `${say} (import of '${specifier}')` }]
    }),
  )
}

function mayImport(path: string, target: string | undefined, services: ReadonlySet<string>): string | undefined {
  const { kind, name } = homeOf(path)
  if (target === undefined || kind === 'tests' || kind === 'bin') return undefined
  if (target === name) return `${kind}/${name} imports itself by name; import the file with a relative path`
  if (services.has(target)) return mayImportService(kind, name, target)
  if (kind !== 'packages') return undefined
  if (target === 'testkit' && isTest(path)) return undefined
  const [own, other] = [floorOf(name), floorOf(target)]
  if (own === -1) return `package ${name} has no floor; give it one in tests/house/layers.ts`
  if (other === -1) return `${target} is no package with a floor; give it one in tests/house/layers.ts`
  if (other >= own) return `package ${name} may import only from lower floors, and ${target} is not lower`
  return undefined
}

function mayImportService(kind: string, name: string, target: string): string | undefined {
  if (kind === 'packages') return `a package knows no service; move what is shared from ${target} into a package`
  if (COMPOSERS.has(name)) return undefined
  return `service ${name} may not import service ${target}; talk over the bus or move the shared part into a package`
}

/** A relative import may not climb out of the package it is written in. */
function staysHome(path: string, specifier: string): string | undefined {
  const { kind, name } = homeOf(path)
  const target = new URL(specifier, `file:///${path}`).pathname.slice(1)
  if (kind === 'tests' || kind === 'bin') return undefined
  if (target.startsWith(`${kind}/${name}/`)) return undefined
  return 'a relative import leaves its package; import the other one by its name'
}

/** What a package.json says of the workspace: who depends on whom at run time. */
export type Graph = ReadonlyMap<string, readonly string[]>

/** The first circle in a graph of dependencies, as the names along it. */
export function circle(graph: Graph): readonly string[] | undefined {
  const done = new Set<string>()
  const walk = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name]
    if (done.has(name)) return undefined
    for (const next of graph.get(name) ?? []) {
      const found = walk(next, [...path, name])
      if (found) return found
    }
    done.add(name)
    return undefined
  }
  for (const name of graph.keys()) {
    const found = walk(name, [])
    if (found) return found
  }
  return undefined
}
