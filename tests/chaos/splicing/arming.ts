import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How the processes of one run are started, and where they are told what to do. */
export interface Arming extends AsyncDisposable {
  /** Node's own. */
  readonly flags: readonly string[]
  readonly folder: string
  readonly isArmed: boolean
}

/** For processes whose modules are changed by the splices of these failpoints and mutations, or not armed at all. */
export async function armingOf(names: readonly string[] | undefined): Promise<Arming> {
  const folder = await mkdtemp(join(tmpdir(), 'jabiru-arming-'))
  const module = new URL('./arm.ts', import.meta.url)
  module.searchParams.set('folder', folder)
  module.searchParams.set('splices', names?.join(',') ?? '')
  return {
    flags: names === undefined ? [] : ['--import', module.href],
    folder,
    isArmed: names !== undefined,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
