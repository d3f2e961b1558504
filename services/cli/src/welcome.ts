import path from 'node:path'
import type { Config } from '@jabiru/runtime'
import type { Demo } from './demo.ts'

/** What the first lines tell. */
export interface Welcome {
  readonly config: Config
  readonly demo: Demo | undefined
  readonly software: string
  /** The one that was taken, where the configuration leaves it open. */
  readonly healthPort: number
  /** Clients connect to this process. */
  readonly listens: boolean
}

/** How to connect, with what, and where the data lie. The last line is `ready`. */
export function welcome({ config, demo, software, healthPort, listens }: Welcome): readonly string[] {
  const { c2s, listen, domains, tls } = config
  const host = listen.includes(':') ? `[${listen}]` : listen
  const certificate = tls.cert_file ?? `${path.join(config.data_dir, 'tls', 'certificate.pem')} (self-signed)`
  const doors: readonly Row[] = [
    ['clients', `${at(host, c2s.port)} (STARTTLS), ${at(host, c2s.tls_port)} (TLS)`],
    ...(c2s.proxied_port === undefined ? [] : [['terminators', at(host, c2s.proxied_port)] as const]),
    ['websocket', `ws://${at(host, config.http.port)}/ws, wss://${at(host, config.https.port)}/ws`],
    ['certificate', certificate],
  ]
  const rows: readonly Row[] = [
    ['domains', domains.join(', ')],
    ...(listens ? doors : []),
    ['health', `http://${host}:${healthPort}/readyz`],
    ...(config.postgres.url === undefined ? ([['data', config.data_dir]] as const) : []),
    ...demoRows(demo),
  ]
  return [`Jabiru ${software}`, ...rows.map(([name, value]) => `  ${name.padEnd(12)} ${value}`), 'ready']
}

const at = (host: string, port: number): string => (port === 0 ? `${host}, a free port` : `${host}:${port}`)

type Row = readonly [name: string, value: string]

function demoRows(demo: Demo | undefined): readonly Row[] {
  if (demo === undefined) return []
  if (demo.made.length === 0) return [['accounts', `passwords of the demo accounts: ${demo.file}`]]
  return demo.made.map(({ jid, password }, i) => [i === 0 ? 'accounts' : '', `${jid}, password ${password}`])
}
