import { existsSync } from 'node:fs'

const SETPRIV = '/usr/bin/setpriv'

/** These words as a command that the kernel ends when this process dies, however it dies; where there is no setpriv, as they are. */
export function tethered(...words: readonly [string, ...string[]]): readonly [string, ...string[]] {
  return existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', ...words] : words
}
