import type { CertificateFiles } from '@jabiru/runtime'
import { stringify } from 'yaml'
import { roomsAt } from '../load/job.ts'
import { accountsOf } from './population.ts'
import { DOMAIN, type Setting } from './server.ts'

/** What ejabberd is to listen on and to keep things in. */
export interface EjabberdPlaces {
  readonly certificate: CertificateFiles
  readonly rooms: boolean
  readonly tlsPort: number
  readonly httpsPort: number
  /** Where its archive is; it has none without. */
  readonly postgres: string | undefined
}

/** Its ejabberd.yml: no limit that a crowd from one address would meet, the modules that the others have too. */
export function ejabberdConfiguration({ certificate, rooms, tlsPort, httpsPort, postgres }: EjabberdPlaces): string {
  const { certFile, keyFile } = certificate
  const listener = { ip: '127.0.0.1', tls: true, backlog: 1024 }
  return stringify({
    hosts: [DOMAIN],
    loglevel: 'error',
    certfiles: [certFile, keyFile],
    listen: [
      { port: tlsPort, module: 'ejabberd_c2s', shaper: 'none', access: 'all', max_fsm_queue: 100_000, ...listener },
      { port: httpsPort, module: 'ejabberd_http', request_handlers: { '/ws': 'ejabberd_http_ws' }, ...listener },
    ],
    auth_method: 'internal',
    auth_password_format: 'scram',
    auth_scram_hash: 'sha256',
    max_fsm_queue: 100_000,
    oom_killer: false,
    acl: { local: { user_regexp: '' } },
    access_rules: { local: { allow: 'local' } },
    shaper_rules: { max_user_sessions: 1000, max_user_offline_messages: 'infinity' },
    ...(postgres === undefined ? {} : database(new URL(postgres))),
    modules: {
      mod_blocking: {},
      mod_caps: {},
      mod_carboncopy: {},
      mod_client_state: {},
      mod_disco: {},
      mod_last: {},
      mod_offline: {},
      mod_ping: {},
      mod_privacy: {},
      mod_private: {},
      mod_roster: { versioning: true },
      mod_stream_mgmt: { resend_on_timeout: 'if_offline', max_ack_queue: 100_000 },
      mod_vcard: { search: false },
      mod_version: {},
      ...(postgres === undefined ? {} : { mod_mam: { db_type: 'sql', default: 'always' } }),
      ...(rooms ? { mod_muc: ROOMS } : {}),
    },
  })
}

/** More than ever enter, and no pause between what they say; kept and logged is nothing. */
const ROOMS = {
  host: roomsAt(DOMAIN),
  max_users: 10_000,
  min_message_interval: 0,
  min_presence_interval: 0,
  default_room_options: { max_users: 10_000, persistent: false, logging: false, mam: false },
}

const database = ({ hostname, port, pathname, username }: URL) => ({
  sql_type: 'pgsql',
  sql_server: hostname,
  sql_port: Number(port),
  sql_database: pathname.slice(1),
  sql_username: username,
  sql_password: '',
})

/** What fills its tables once it runs: the first account is made by it, the others are made alike. */
export function ejabberdFilling({
  setting,
  password,
  ready,
}: {
  readonly setting: Setting
  readonly password: string
  readonly ready: string
}): string {
  const binary = (text: string) => `<<"${text}">>`
  const accounts = accountsOf(setting).map(
    ({ name, contacts }) => `{${binary(name)}, [${contacts.map(binary).join(', ')}]}`,
  )
  return `
S = ${binary(DOMAIN)},
Accounts = [${accounts.join(',\n')}],
[{First, _} | _] = Accounts,
ok = ejabberd_auth:try_register(First, S, ${binary(password)}),
[{passwd, _, Keys}] = mnesia:dirty_read(passwd, {First, S}),
[usj, us, jid, name, subscription, ask, groups, askmessage, xs] = mnesia:table_info(roster, attributes),
[begin
   mnesia:dirty_write({passwd, {U, S}, Keys}),
   [mnesia:dirty_write({roster, {U, S, {C, S, <<>>}}, {U, S}, {C, S, <<>>}, <<>>, both, none, [], <<>>, []}) || C <- Contacts]
 end || {U, Contacts} <- Accounts],
io:format("${ready}~n").
`
}
