import { existsSync } from 'node:fs'
import { aptInstall, aptSettled, isAptUsable } from '@jabiru/testkit/parts/apt'

/** A Debian package, and a file that is there when it is installed. */
export interface DebianPackage {
  readonly name: string
  readonly file: string
}

/** Sees to it that a package is installed. Rejects with one line saying what to install where we may not. */
export async function needs({ name, file }: DebianPackage): Promise<void> {
  await aptSettled()
  if (existsSync(file)) return
  if (!isAptUsable()) throw new Error(`these tests need ${name}: run 'apt-get install ${name}', or the tests as root`)
  await aptInstall(name)
}
