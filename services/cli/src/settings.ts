import { type Loaded, loadConfig } from '@jabiru/runtime/config'
import type { Terminal } from './terminal.ts'

/** The option that commands which read the configuration share. */
export const CONFIG_OPTION = { config: { type: 'string' } } as const

/** Reads the configuration as every command does. Throws BadSetting. */
export function settings({ env, cwd, home }: Terminal, file: string | undefined): Loaded {
  return loadConfig({ env, cwd, home, ...(file === undefined ? {} : { file }) })
}
