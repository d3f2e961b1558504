import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { House } from '@jabiru/testkit'

/** The certificate of the house as a file, for programs that take no other. */
export interface Authority extends AsyncDisposable {
  readonly file: string
}

/** Writes the certificate of the house to a file of its own. */
export async function authorityOf(house: House): Promise<Authority> {
  if (house.ca === undefined) throw new Error('the house has no certificate to show')
  const folder = await mkdtemp(join(tmpdir(), 'jabiru-authority-'))
  const file = join(folder, 'ca.pem')
  await writeFile(file, house.ca)
  return { file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
