import { readFileSync } from 'node:fs'
import path from 'node:path'

/** The version of this checkout, as its package.json says. */
export function version(home: string): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8'))
  return manifest instanceof Object && 'version' in manifest ? String(manifest.version) : 'unknown'
}
