import { globSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Form } from '@jabiru/testkit'

const HOME = path.resolve(import.meta.dirname, '../..')

/**
 * Tells the stories of these folders in one form of the server, in this process: all files share one server, which takes
 * longer to start than the stories of a file to be told. They are loaded in one go, so that each story is known before the
 * first is told.
 */
export function tell(form: Form, folders: readonly string[]): void {
  process.env['JABIRU_TEST_FORM'] = form
  const load = createRequire(import.meta.url)
  const files = globSync(folders.map((folder) => path.join(HOME, folder, '*.test.ts')))
  for (const file of files.toSorted()) load(file)
}
