import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The server would not do what the control channel was asked for. */
export class ControlRefused extends Error {
  override readonly name = 'ControlRefused'
}

/** Makes an account the way the command line does, by the control channel of the server that runs on this folder. */
export async function addAccount(dataDir: string, jid: string, password: string): Promise<void> {
  const { port, token } = await channelOf(dataDir)
  const response = await fetch(`http://127.0.0.1:${port}/accounts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ do: 'add', jid, password }),
  })
  if (!response.ok) throw new ControlRefused(`adding ${jid}: ${response.status} ${await response.text()}`)
}

async function channelOf(dataDir: string): Promise<{ readonly port: number; readonly token: string }> {
  const file = join(dataDir, 'control.json')
  const json: unknown = JSON.parse(await readFile(file, 'utf8'))
  if (json instanceof Object && 'port' in json && 'token' in json) {
    const { port, token } = json
    if (typeof port === 'number' && typeof token === 'string') return { port, token }
  }
  throw new ControlRefused(`${file} names no port and token`)
}
