import { globSync } from 'node:fs'
import { aptInstall, isAptUsable } from '@jabiru/testkit/parts/apt'
import { ProgramMissing } from '@jabiru/testkit/parts/binary'

/** A package of Debian, and where a file of it is, as a pattern. */
export interface Package {
  readonly debian: string
  readonly file: string
}

/** Settles when all are there; installs what is missing where that may be done. Rejects with ProgramMissing. */
export async function ensurePackages(packages: readonly Package[]): Promise<undefined> {
  const isMissing = ({ file }: Package) => globSync(file).length === 0
  for (const { debian } of packages.filter(isMissing)) if (isAptUsable()) await aptInstall(debian)
  const missing = packages.filter(isMissing).map(({ debian }) => debian)
  if (missing.length > 0) throw new ProgramMissing(`not on this machine: Debian's ${missing.join(', ')}`)
  return undefined
}
