import { rm } from 'node:fs/promises'
import path from 'node:path'
import { type Config, isCode, readIfThere, writePrivate } from '@jabiru/runtime'

/** Where the running server listens for the command line, and the word that it answers to. */
export interface ControlFile {
  readonly port: number
  readonly token: string
  readonly pid: number
}

/** Where the server on a folder that it holds alone leaves it. */
export const controlIn = (folder: string): string => path.join(folder, 'control.json')

/** Where a server leaves it. Processes of a cluster may share a folder: their health ports tell them apart. */
export const controlOf = ({ data_dir, health, postgres }: Config, healthPort = health.port): string =>
  postgres.url === undefined ? controlIn(data_dir) : path.join(data_dir, `control-${healthPort}.json`)

/** Writes it so that only this user can read it. */
export async function writeControl(file: string, control: ControlFile): Promise<void> {
  await writePrivate(file, `${JSON.stringify(control)}\n`)
}

/** Undefined where no server has left one, or it is not this user's to read. */
export async function readControl(file: string): Promise<ControlFile | undefined> {
  try {
    const text = await readIfThere(file)
    return text === undefined ? undefined : parsed(JSON.parse(text))
  } catch (error) {
    if (isCode(error, 'EACCES') || error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Takes it away. */
export async function removeControl(file: string): Promise<void> {
  await rm(file, { force: true })
}

function parsed(json: unknown): ControlFile | undefined {
  if (!(json instanceof Object) || !('port' in json && 'token' in json && 'pid' in json)) return undefined
  const { port, token, pid } = json
  return typeof port === 'number' && typeof token === 'string' && typeof pid === 'number'
    ? { port, token, pid }
    : undefined
}
