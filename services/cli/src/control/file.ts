import { rm } from 'node:fs/promises'
import path from 'node:path'
import { isCode, readIfThere, writePrivate } from '@jabiru/runtime'

/** Where the running server listens for the command line, and the word that it answers to. */
export interface ControlFile {
  readonly port: number
  readonly token: string
  readonly pid: number
}

const fileIn = (folder: string): string => path.join(folder, 'control.json')

/** Writes it so that only this user can read it. */
export async function writeControl(folder: string, control: ControlFile): Promise<void> {
  await writePrivate(fileIn(folder), `${JSON.stringify(control)}\n`)
}

/** Undefined where no server has left one, or it is not this user's to read. */
export async function readControl(folder: string): Promise<ControlFile | undefined> {
  try {
    const text = await readIfThere(fileIn(folder))
    return text === undefined ? undefined : parsed(JSON.parse(text))
  } catch (error) {
    if (isCode(error, 'EACCES') || error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Takes it away. */
export async function removeControl(folder: string): Promise<void> {
  await rm(fileIn(folder), { force: true })
}

function parsed(json: unknown): ControlFile | undefined {
  if (!(json instanceof Object) || !('port' in json && 'token' in json && 'pid' in json)) return undefined
  const { port, token, pid } = json
  return typeof port === 'number' && typeof token === 'string' && typeof pid === 'number'
    ? { port, token, pid }
    : undefined
}
