import type { Place } from './house.ts'
import type { Settings } from './server-process.ts'

const PORTS = ['C2S', 'C2S_TLS', 'S2S', 'S2S_TLS', 'COMPONENT', 'HTTP', 'HTTPS', 'HEALTH', 'C2S_PROXIED'] as const

/** How many ports a process of the server listens on at most. */
export const PORTS_NEEDED = PORTS.length

/** The settings that give a process its ports. */
export function portSettings(ports: readonly number[]): Settings {
  return Object.fromEntries(PORTS.map((name, i) => [`JABIRU_${name}_PORT`, String(ports[i])]))
}

const portOf = (ports: readonly number[], name: (typeof PORTS)[number]): number => ports[PORTS.indexOf(name)] ?? 0

/** Where a process with these ports takes clients. */
export function placeAt(ports: readonly number[]): Place {
  return {
    host: '127.0.0.1',
    port: portOf(ports, 'C2S'),
    tlsPort: portOf(ports, 'C2S_TLS'),
    proxiedPort: portOf(ports, 'C2S_PROXIED'),
    httpPort: portOf(ports, 'HTTP'),
    httpsPort: portOf(ports, 'HTTPS'),
  }
}

/** Where a process with these ports says whether it is ready. */
export function readyUrl(ports: readonly number[]): string {
  return `http://127.0.0.1:${portOf(ports, 'HEALTH')}/readyz`
}
