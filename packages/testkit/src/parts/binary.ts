import { accessSync, constants, globSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { aptInstall, aptSettled, isAptUsable } from './apt.ts'

/** A server program, and the Debian package that brings it. */
export interface Program {
  readonly name: string
  readonly debian: string
  /** Folders beside PATH where it may be, as patterns. */
  readonly folders?: readonly string[]
}

/** No such program is here, and none may be installed. */
export class ProgramMissing extends Error {
  override readonly name = 'ProgramMissing'
}

/** Where the program is; installs Debian's package where that is possible. Rejects with ProgramMissing. */
export async function findProgram(program: Program): Promise<string> {
  await aptSettled()
  const found = lookUp(program)
  if (found !== undefined) return found
  if (isAptUsable()) await aptInstall(program.debian)
  const installed = lookUp(program)
  if (installed !== undefined) return installed
  throw new ProgramMissing(
    `${program.name} is not on this machine, and no Docker: install it (Debian: apt-get install ${program.debian})`,
  )
}

/** Whether the program is on this machine. */
export function isHere(program: Program): boolean {
  return lookUp(program) !== undefined
}

function lookUp({ name, folders = [] }: Program): string | undefined {
  const path = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  const places = [...path, ...folders.flatMap((pattern) => globSync(pattern).toSorted().toReversed())]
  return places.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // the answer, not a fault
  }
}
