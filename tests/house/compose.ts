import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { parse } from 'yaml'
import { ROOT } from './source.ts'

const Texts = Type.Array(Type.String())

const Container = Type.Object({
  image: Type.String(),
  build: Type.Optional(Type.Object({ context: Type.String(), dockerfile: Type.String() })),
  command: Type.Optional(Texts),
  environment: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]))),
  ports: Type.Optional(Texts),
  healthcheck: Type.Optional(Type.Object({ test: Texts })),
  depends_on: Type.Optional(Type.Record(Type.String(), Type.Object({ condition: Type.String() }))),
})

const File = Type.Object({ services: Type.Record(Type.String(), Container) })

/** One container of docker-compose.yml. */
export interface Composed {
  readonly name: string
  /** It is made of this checkout. */
  readonly ours: boolean
  readonly dockerfile: string | undefined
  readonly command: readonly string[]
  /** As it is where nobody sets anything else. */
  readonly env: Readonly<Record<string, string>>
  readonly ports: readonly string[]
  readonly hasHealthcheck: boolean
  /** By name, with what is waited for. */
  readonly waitsFor: Readonly<Record<string, string>>
}

/** The containers of docker-compose.yml. */
export function readCompose(): readonly Composed[] {
  const value: unknown = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true })
  const { services } = Value.Parse(File, value)
  return Object.entries(services).map(([name, one]) => ({
    name,
    ours: one.build !== undefined,
    dockerfile: one.build && join(ROOT, one.build.context, one.build.dockerfile),
    command: one.command ?? [],
    env: Object.fromEntries(Object.entries(one.environment ?? {}).map(([key, text]) => [key, defaulted(String(text))])),
    ports: one.ports ?? [],
    hasHealthcheck: one.healthcheck !== undefined,
    waitsFor: Object.fromEntries(Object.entries(one.depends_on ?? {}).map(([key, { condition }]) => [key, condition])),
  }))
}

/** `${NAME:-text}` is `text` where the environment has no NAME. */
function defaulted(text: string): string {
  return text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')
}
