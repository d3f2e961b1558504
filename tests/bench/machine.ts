import { execFileSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import { isAutogrouped } from './scheduling.ts'

/** What figures were taken on, and of which versions. */
export interface Machine {
  readonly date: string
  readonly processor: string
  readonly cores: number
  readonly gigabytes: number
  readonly versions: readonly string[]
  /** A sentence: among what the kernel shares a core. */
  readonly sharing: string
}

const PACKAGES = ['prosody', 'ejabberd', 'postgresql-15', 'nats-server', 'redis-server']

export function machine(): Machine {
  const processors = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    gigabytes: Math.round(totalmem() / 2 ** 30),
    versions: [`Node ${process.version.slice(1)}`, ...PACKAGES.flatMap(versionOf)],
    sharing: isAutogrouped()
      ? "The kernel shares a core among sessions (Linux' autogroup), each process of PostgreSQL being one."
      : 'The kernel shares a core among threads, as it does among those of a service or a container.',
  }
}

function versionOf(name: string): readonly string[] {
  try {
    const version = execFileSync('dpkg-query', ['-W', '-f', '${Version}', name], { encoding: 'utf8', stdio: 'pipe' })
    return version === '' ? [] : [`${name} ${version}`]
  } catch {
    return [] // it is not here, or this is no Debian
  }
}
