import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Service } from './lifecycle.ts'
import { listen } from './listen.ts'
import type { Readiness } from './readiness.ts'

/** The page that tells an orchestrator how this process is. */
export interface Health extends Service {
  /** The port it answers on. */
  readonly port: number
}

/** Where health answers. */
export interface HealthAddress {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
}

const TIMEOUT_MS = 5_000

/** What is told of the process. */
export interface HealthSources {
  readonly readiness: Readiness
  /** All metrics, in the text format of Prometheus. Without it there is no /metrics. */
  readonly metrics?: () => Promise<string>
}

/**
 * Answers /livez while the process turns, /readyz with 200, or 503 and the reasons, and /metrics.
 * @throws PortInUse
 */
export async function startHealth({ host, port }: HealthAddress, sources: HealthSources): Promise<Health> {
  const server = createServer({ headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS }, (request, response) =>
    answer(request, response, sources),
  )
  const taken = await listen(server, { host, port, setting: 'health.port' })
  return {
    name: 'health',
    port: taken,
    ready: () => Promise.resolve(),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answer({ method, url = '' }: IncomingMessage, response: ServerResponse, sources: HealthSources): void {
  const { readiness, metrics } = sources
  const [path] = url.split('?')
  const known = path === '/livez' || path === '/readyz' || (path === '/metrics' && metrics !== undefined)
  if (!known) return send(response, 404, { error: 'not found' })
  if (method !== 'GET' && method !== 'HEAD') return send(response, 405, { error: 'only GET and HEAD' })
  if (path === '/livez') return send(response, 200, { alive: true })
  if (path === '/metrics' && metrics !== undefined) return sendMetrics(response, metrics())
  const ready = readiness.isReady()
  send(response, ready ? 200 : 503, { ready, reasons: readiness.reasons() })
}

function sendMetrics(response: ServerResponse, metrics: Promise<string>): void {
  const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' }
  metrics.then(
    (text) => response.writeHead(200, headers).end(text),
    (error: unknown) => send(response, 500, { error: error instanceof Error ? error.message : 'not readable' }),
  )
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(body)}\n`)
}
