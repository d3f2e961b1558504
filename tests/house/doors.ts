import { homeOf } from './layers.ts'
import { type Finding, lineAt, type Source } from './source.ts'

/** Third parties with one door: nobody but this package may import them. */
const DOORS: readonly { readonly of: RegExp; readonly home: string }[] = [
  { of: /^saxes$/, home: 'packages/xml' },
  { of: /^@nats-io\//, home: 'packages/bus' },
  { of: /^ioredis$/, home: 'packages/state' },
  { of: /^pg$/, home: 'packages/store' },
  { of: /^@electric-sql\/pglite/, home: 'packages/store' },
  // The API may be used by whoever has something to tell; the SDK is for mains, through runtime.
  { of: /^@opentelemetry\/(?!api$)/, home: 'packages/runtime' },
]

/** Third parties come in through one door. */
export function doors(house: readonly Source[]): readonly Finding[] {
  return house.flatMap((file) =>
    file.imports.flatMap(({ specifier, line }) => {
      const door = DOORS.find((d) => d.of.test(specifier))
      if (door === undefined || file.path.startsWith(`${door.home}/`)) return []
      return [{ path: file.path, line, say: `only ${door.home} imports '${specifier}'; use what that package offers` }]
    }),
  )
}

/** A word that may stand only in some files. */
interface Word {
  readonly word: RegExp
  readonly allowed: (path: string) => boolean
  readonly say: string
}

const isTest = (path: string) => path.endsWith('.test.ts')

const WORDS: readonly Word[] = [
  {
    word: /\bprocess\s*\.\s*env\b|\bimport\s*\{[^}]*\benv\b[^}]*\}\s*from\s*'\s+'/g,
    allowed: (path) =>
      path.startsWith('packages/runtime/src/config') ||
      ['bin', 'tests'].includes(homeOf(path).kind) ||
      isTestkit(path) ||
      // Tests take their seed from it.
      isTest(path),
    say: 'the environment is read once, in packages/runtime/src/config*; take a section of the configuration instead',
  },
  {
    word: /\bprocess\s*\.\s*(exit|abort|reallyExit)\s*\(/g,
    allowed: (path) => path.endsWith('/main.ts'),
    say: 'only a main.ts ends the process; throw, or set process.exitCode',
  },
  {
    word: /\b(setTimeout|setInterval|Date\s*\.\s*now)\b|\bnew\s+Date\s*\(\s*\)/g,
    allowed: (path) => !isTest(path),
    say: 'no clocks in tests: await the event, or hand a clock in',
  },
  {
    word: /\bconsole\s*\.\s*\w+/g,
    allowed: () => false,
    say: 'no console: services log through @jabiru/runtime, the command line writes to process.stdout',
  },
]

const isTestkit = (path: string) => path.startsWith('packages/testkit/')

/** Words that have their place: the environment, the end of the process, clocks, the console. */
export function words(house: readonly Source[]): readonly Finding[] {
  return house.flatMap((file) =>
    WORDS.filter((w) => !w.allowed(file.path)).flatMap((w) =>
      [...file.code.matchAll(w.word)].map((match) => ({
        path: file.path,
        line: lineAt(file.code, match.index + 1),
        say: `${match[0].trim()}: ${w.say}`,
      })),
    ),
  )
}

/** Timers of other modules are clocks too. */
export function clocks(house: readonly Source[]): readonly Finding[] {
  return house
    .filter((file) => isTest(file.path))
    .flatMap((file) =>
      file.imports
        .filter(({ specifier }) => /^(node:)?timers(\/promises)?$/.test(specifier))
        .map(({ line, specifier }) => ({
          path: file.path,
          line,
          say: `no clocks in tests: '${specifier}' is one; await the event, or hand a clock in`,
        })),
    )
}
