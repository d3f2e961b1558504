import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const made: string[] = []

process.on('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

/** Makes an empty folder for a test; it goes when the process ends. */
export function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'jabiru-test-'))
  made.push(folder)
  return folder
}
