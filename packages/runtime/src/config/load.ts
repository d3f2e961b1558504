import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { BadSetting, type SettingFault } from '../fault.ts'
import { type Environment, type Found, readEnvironment } from './environment.ts'
import { readFile } from './file.ts'
import { keys, sections } from './keys.ts'
import { type Config, UNSERVED } from './schema.ts'

/** Where the configuration comes from. */
export interface Sources {
  readonly env: Environment
  /** The working folder: relative paths of the environment start here, and a jabiru.yaml here is read. */
  readonly cwd: string
  /** The folder of the checkout: relative default paths start here, and a jabiru.yaml here is read. */
  readonly home: string
  /** A file named on the command line; it must exist. */
  readonly file?: string
}

/** A configuration, and the file it was read from if there was one. */
export interface Loaded {
  readonly config: Config
  readonly file?: string
  /** Keys that were set and have no effect, because nothing serves them so far. */
  readonly unserved: readonly string[]
}

/**
 * Reads the configuration: defaults, then jabiru.yaml, then the environment.
 * @throws BadSetting with every fault there is
 */
export function loadConfig(sources: Sources): Loaded {
  const { env, cwd, home } = sources
  const fromEnv = readEnvironment(env)
  const file = configFile(sources, fromEnv)
  const fromFile = file === undefined ? { values: new Map<string, unknown>(), faults: [] } : readNamed(file, cwd)
  const faults = [...fromFile.faults, ...fromEnv.faults]
  const config = assemble([
    { found: defaults(), base: home },
    { found: fromFile, base: file === undefined ? home : path.dirname(file) },
    { found: fromEnv, base: cwd },
  ])
  const all = [...faults, ...conflicts(config)]
  if (all.length > 0) throw new BadSetting(all)
  const unserved = UNSERVED.filter((name) => fromFile.values.has(name) || fromEnv.values.has(name))
  return file === undefined ? { config, unserved } : { config, unserved, file }
}

/** The first of: --config, JABIRU_CONFIG, jabiru.yaml in the working folder, the checkout or the data folder. */
function configFile({ env, cwd, home, file }: Sources, fromEnv: Found): string | undefined {
  const named = file ?? env['JABIRU_CONFIG']
  if (named !== undefined && named !== '') return path.resolve(cwd, named)
  const fromVariable = fromEnv.values.get('data_dir')
  const data = typeof fromVariable === 'string' ? path.resolve(cwd, fromVariable) : path.join(home, 'data')
  return [cwd, home, data].map((folder) => path.join(folder, 'jabiru.yaml')).find((candidate) => existsSync(candidate))
}

function readNamed(file: string, cwd: string): Found {
  const name = file.startsWith(`${cwd}${path.sep}`) ? path.relative(cwd, file) : file
  try {
    return readFile(readFileSync(file, 'utf8'), name)
  } catch (error) {
    const message = `cannot be read: ${error instanceof Error ? error.message : String(error)}`
    return { values: new Map(), faults: [{ where: name, message }] }
  }
}

function defaults(): Found {
  const values = new Map(
    keys.flatMap((k) => (k.schema.default === undefined ? [] : [[k.name, k.schema.default] as const])),
  )
  return { values, faults: [] }
}

/** Later sources win. Paths become absolute, each from where it was written. */
function assemble(layers: readonly { readonly found: Found; readonly base: string }[]): Config {
  const entry = (name: string, isPath: boolean): readonly unknown[] => {
    const layer = layers.findLast(({ found }) => found.values.has(name))
    const value = layer?.found.values.get(name)
    if (layer === undefined) return []
    return [isPath && typeof value === 'string' ? path.resolve(layer.base, value) : value]
  }
  const sectionOf = (name: string) =>
    (sections.find((s) => s.name === name)?.keys ?? []).flatMap((k) =>
      entry(k.name, k.schema.path === true).map((value) => [k.path.at(-1) ?? '', value] as const),
    )
  const whole = Object.fromEntries([
    ...sectionOf(''),
    ...sections.flatMap((s) =>
      s.name === '' ? [] : [[s.name, Object.freeze(Object.fromEntries(sectionOf(s.name)))] as const],
    ),
  ])
  if (!isComplete(whole)) throw new TypeError('a default is missing')
  return Object.freeze(whole)
}

/** Each value was checked when it was read, so a whole in which no key is missing is a configuration. */
function isComplete(whole: Readonly<Record<string, unknown>>): whole is Config {
  return keys.every(({ path: [first = '', second], schema }) => {
    const holder = second === undefined ? whole : whole[first]
    return schema.default === undefined || (holder instanceof Object && (second ?? first) in holder)
  })
}

/** What is wrong only in combination. */
function conflicts(config: Config): SettingFault[] {
  const { cert_file, key_file } = config.tls
  const faults: SettingFault[] = []
  if ((cert_file === undefined) !== (key_file === undefined))
    faults.push({ where: 'tls', message: 'cert_file and key_file go together; set both or neither' })
  return [...faults, ...samePorts(config)]
}

function samePorts(config: Config): SettingFault[] {
  const ports = [
    ['c2s.port', config.c2s.port],
    ['c2s.tls_port', config.c2s.tls_port],
    ['c2s.proxied_port', config.c2s.proxied_port],
    ['s2s.port', config.s2s.port],
    ['s2s.tls_port', config.s2s.tls_port],
    ['component.port', config.component.port],
    ['http.port', config.http.port],
    ['https.port', config.https.port],
    ['health.port', config.health.port],
  ] as const
  return ports.flatMap(([name, port], i) => {
    const earlier = ports.slice(0, i).find(([, other]) => other === port)
    return port === 0 || earlier === undefined
      ? []
      : [{ where: name, message: `port ${port} is also that of ${earlier[0]}` }]
  })
}
