import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import type { Finding, Source } from './source.ts'

/** What a package.json declares. */
export interface Manifest {
  /** Folder relative to the root, `packages/xml` or `tests`. */
  readonly folder: string
  readonly name: string
  readonly dependencies: readonly string[]
  readonly devDependencies: readonly string[]
}

/** Every package.json of the workspace but the root's, which names tools and no libraries. */
export function readManifests(root: string): readonly Manifest[] {
  const folders = ['packages', 'services'].flatMap((kind) =>
    readdirSync(join(root, kind), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(root, kind, entry.name, 'package.json')))
      .map((entry) => `${kind}/${entry.name}`),
  )
  return [...folders, 'tests'].map((folder) =>
    manifest(folder, JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))),
  )
}

/** Reads the few fields we hold to rules. */
export function manifest(folder: string, json: unknown): Manifest {
  const fields = record(json)
  return {
    folder,
    name: typeof fields['name'] === 'string' ? fields['name'] : '',
    dependencies: Object.keys(record(fields['dependencies'])),
    devDependencies: Object.keys(record(fields['devDependencies'])),
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

/** The package a specifier names: `@a/b/c` → `@a/b`, `pg/lib` → `pg`; nothing for relative paths and Node's own modules. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:') || builtinModules.includes(specifier)) return undefined
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

const isForTests = (path: string) => path.endsWith('.test.ts') || /\/(test|scripts)\//.test(path)

const filesOf = (m: Manifest, house: readonly Source[]) => house.filter((file) => file.path.startsWith(`${m.folder}/`))

/** Each dependency that is used is declared. */
export function undeclared(house: readonly Source[], manifests: readonly Manifest[]): readonly Finding[] {
  return manifests.flatMap((m) => undeclaredOf(m, filesOf(m, house)))
}

/** Each dependency that is declared is used. */
export function unused(house: readonly Source[], manifests: readonly Manifest[]): readonly Finding[] {
  return manifests.flatMap((m) => unusedOf(m, filesOf(m, house)))
}

function undeclaredOf(m: Manifest, files: readonly Source[]): Finding[] {
  return files.flatMap((file) =>
    file.imports.flatMap(({ specifier, line, typeOnly }) => {
      const used = packageOf(specifier)
      if (used === undefined || used === m.name || m.dependencies.includes(used)) return []
      const dev = m.devDependencies.includes(used)
      if (dev && (isForTests(file.path) || typeOnly)) return []
      const where = dev ? "stands only in devDependencies, and this file is no test's" : 'is not declared'
      return [{ path: file.path, line, say: `'${used}' ${where}; add it to dependencies in ${m.folder}/package.json` }]
    }),
  )
}

function unusedOf(m: Manifest, files: readonly Source[]): Finding[] {
  const used = new Set(files.flatMap((file) => file.imports.map((i) => packageOf(i.specifier))))
  return [...m.dependencies, ...m.devDependencies]
    .filter((name) => !used.has(name) && !used.has(name.replace(/^@types\//, '')))
    .map((name) => ({
      path: `${m.folder}/package.json`,
      line: 0,
      say: `'${name}' is declared and no file imports it; remove it from ${m.folder}/package.json`,
    }))
}
