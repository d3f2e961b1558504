import type { CertificateFiles } from '@jabiru/runtime'
import { deriveKeys } from '@jabiru/sasl'
import { PASSWORD, roomsAt } from '../load/job.ts'
import { DOMAIN } from './server.ts'

/** What Prosody is to listen on and to keep things in. */
export interface ProsodyPlaces {
  readonly certificate: CertificateFiles
  readonly rooms: boolean
  readonly folder: string
  readonly tlsPort: number
  readonly httpsPort: number
  /** Where its archive is; it has none without. */
  readonly postgres: string | undefined
}

/** Its prosody.cfg.lua: without `limits`, with the modules that the others have too. */
export function prosodyConfiguration({
  certificate,
  rooms,
  folder,
  tlsPort,
  httpsPort,
  postgres,
}: ProsodyPlaces): string {
  const { certFile, keyFile } = certificate
  const modules = [
    'roster',
    'saslauth',
    'tls',
    'disco',
    'blocklist',
    'carbons',
    'csi',
    'offline',
    'ping',
    'private',
    'smacks',
    'time',
    'vcard',
    'version',
    'websocket',
    ...(postgres === undefined ? [] : ['mam']),
  ]
  return `
run_as_root = true
data_path = "${folder}/data"
pidfile = "${folder}/prosody.pid"
log = { warn = "*console" }
plugin_paths = {}
interfaces = { "127.0.0.1" }
c2s_ports = {}
s2s_ports = {}
s2s_direct_tls_ports = {}
http_ports = {}
c2s_direct_tls_ports = { ${tlsPort} }
https_ports = { ${httpsPort} }
network_settings = { tcp_backlog = 1024 }
ssl = { certificate = "${certFile}", key = "${keyFile}" }
c2s_direct_tls_ssl = { certificate = "${certFile}", key = "${keyFile}" }
https_ssl = { certificate = "${certFile}", key = "${keyFile}" }
modules_enabled = { ${modules.map((name) => `"${name}"`).join('; ')} }
modules_disabled = { "s2s" }
authentication = "internal_hashed"
password_hash = "SHA-256"
c2s_require_encryption = true
${postgres === undefined ? '' : database(new URL(postgres))}
VirtualHost "${DOMAIN}"
${rooms ? ROOMS : ''}`
}

/** Without `muc_mam`: nothing that is said there is kept. */
const ROOMS = `
Component "${roomsAt(DOMAIN)}" "muc"
restrict_room_creation = false
muc_room_default_persistent = false
`

const database = ({ hostname, port, pathname, username }: URL): string => `
storage = { archive = "sql" }
sql = { driver = "PostgreSQL", host = "${hostname}", port = ${port}, database = "${pathname.slice(1)}", username = "${username}", password = "" }
default_archive_policy = true
archive_expires_after = "never"
`

/** All have one salt: see `populate`. */
const SALT = 'of-all-accounts-alike'
const ITERATIONS = 4096

/** What it keeps of an account. */
export async function accountFile(): Promise<string> {
  const salt = Buffer.from(SALT)
  const { storedKey, serverKey } = await deriveKeys({
    hash: 'SHA-256',
    password: PASSWORD,
    salt,
    iterations: ITERATIONS,
  })
  const hex = (key: Uint8Array) => Buffer.from(key).toString('hex')
  const fields = `["iteration_count"] = ${ITERATIONS}; ["salt"] = "${SALT}";`
  return `return { ${fields} ["stored_key"] = "${hex(storedKey)}"; ["server_key"] = "${hex(serverKey)}"; };\n`
}

/** What it keeps of a roster. */
export function rosterFile(contacts: readonly string[]): string {
  const items = contacts.map((name) => `["${name}@${DOMAIN}"] = { ["subscription"] = "both"; ["groups"] = {}; };`)
  return `return {\n[false] = { ["version"] = 1; };\n${items.join('\n')}\n};\n`
}
