import type { BareJid, DomainJid } from '@jabiru/jid'
import { type Static, Type } from 'typebox'
import {
  addresses,
  choice,
  count,
  file,
  flag,
  GB,
  HOUR,
  KB,
  list,
  location,
  MB,
  MINUTE,
  optionalPort,
  port,
  SECOND,
  section,
  share,
  url,
} from './kinds.ts'
import { limits } from './limits.ts'

/** Every key there is: its type, bounds, default and the sentence for the operator. File, environment and docs follow from it. */
export const schema = section('', {
  data_dir: Type.String({
    minLength: 1,
    path: true,
    default: './data',
    description:
      'Folder for what must last when no Postgres is set: database, own certificate, lock. Only its user can read it.',
  }),
  domains: list<DomainJid>('domain', {
    value: ['localhost'],
    minItems: 1,
    expects: 'domain names',
    description: 'Served domains.',
  }),
  listen: Type.String({
    format: 'ip',
    default: '127.0.0.1',
    expects: 'an IP address',
    description: 'Address to listen on.',
  }),
  admins: list<BareJid>('bare-jid', {
    value: [],
    expects: 'addresses like alice@example.org',
    description: 'Addresses of administrators: their clients can do what XEP-0133 has for accounts.',
  }),
  contact: section('How the operator is reached, as everybody is told (XEP-0157).', {
    abuse: addresses('abuse'),
    admin: addresses('the running of the server'),
    feedback: addresses('what one likes and dislikes'),
    sales: addresses('prices'),
    security: addresses('security'),
    status: addresses('whether the service is up'),
    support: addresses('help'),
  }),
  c2s: section('Clients.', {
    port: port(5222, 'Port for clients that use STARTTLS.'),
    tls_port: port(5223, 'Port for clients that begin with TLS (XEP-0368).'),
    proxied_port: optionalPort(
      'Port for a TLS terminator that puts a binary header of the PROXY protocol, version 2, before each stream. Nothing is encrypted on it, passwords neither: whoever sets it promises that the terminator takes clients under TLS only, and that nobody reads along between it and this port (RFC 6120 §5, §13.8).',
    ),
    proxied_from: list<string>('network', {
      value: ['127.0.0.0/8', '::1'],
      minItems: 1,
      expects: 'addresses or networks like 192.0.2.1, 10.0.0.0/8, 2001:db8::/32',
      description:
        'Where terminators connect to `c2s.proxied_port` from; others are closed at once. What they say of the address of a client is believed.',
    }),
  }),
  s2s: section('Other servers.', {
    port: port(5269, 'Port for servers that use STARTTLS.'),
    tls_port: port(5270, 'Port for servers that begin with TLS (XEP-0368).'),
  }),
  component: section('External components (XEP-0114).', { port: port(5347, 'Port for components.') }),
  http: section('HTTP without TLS.', { port: port(5280, 'Port for HTTP; answers only on loopback.') }),
  https: section('HTTP with TLS.', { port: port(5281, 'Port for HTTPS.') }),
  health: section('Health.', { port: port(5290, 'Port for /livez, /readyz and /metrics.') }),
  nats: section('The bus between processes.', {
    url: url(
      ['nats', 'tls', 'ws', 'wss'],
      'NATS servers, comma-separated. Without it the bus stays inside this one process.',
    ),
  }),
  redis: section('What is live.', {
    url: url(['redis', 'rediss'], 'Redis server. Without it live state stays in memory.'),
  }),
  postgres: section('What must last.', {
    url: url(
      ['postgres', 'postgresql'],
      'Postgres database. Without it an embedded database keeps its files in the data folder.',
    ),
    connections: count(1, 1_000, 10, 'Connections that each process opens to Postgres at most.'),
    migrate: flag(true, 'Bring the database schema up to date at start.'),
  }),
  tls: section('The certificate for all served domains. Without one, the server makes its own.', {
    cert_file: file('Certificate chain, PEM. Read again when its content changes.'),
    key_file: file('Private key, PEM. Read again when its content changes.'),
  }),
  registration: section('In-band registration (XEP-0077).', {
    enabled: flag(false, 'Let anyone make an account, before logging in and under TLS.'),
    per_address: count(
      1,
      1_000_000,
      20,
      'Accounts that one address may ask for within an hour, at each auth process; those that are taken count too.',
    ),
    per_minute: count(1, 1_000_000, 60, 'Accounts that all may ask for within a minute, at each auth process.'),
    password_min: count(1, 128, 8, 'Characters that the password of such an account has at least.'),
    password_change: flag(true, 'Let clients give their account a new password.'),
    removal: flag(true, 'Let clients remove their account, with all that it keeps.'),
  }),
  auth: section('Passwords and logging in.', {
    scram_iterations: count(
      4_096,
      1_000_000,
      10_000,
      'Hash rounds of newly set passwords (RFC 7677 §4 asks for 4096 at least).',
    ),
    failures_per_connection: count(1, 100, 3, 'Failed logins after which a connection is closed.'),
  }),
  limits,
  session: section('Sessions of an account.', {
    conflict: choice(
      ['replace', 'rename', 'refuse'],
      'replace',
      'When a client asks for a resource in use (RFC 6120 §7.7.2.2): end the older session, give another resource, or refuse.',
    ),
    per_account: count(1, 10_000, 50, 'Sessions of one account.'),
    csi_queue_bytes: count(
      0,
      MB,
      64 * KB,
      'Presence and chat states that wait for a client at which nobody looks (XEP-0352); with 0 none do.',
    ),
    blocked_max: count(1, 10_000, 1000, 'Addresses that an account may block (XEP-0191).'),
    private_bytes: count(0, 16 * MB, 256 * KB, 'Private data that the clients of an account keep with it (XEP-0049).'),
    vcard_bytes: count(0, 256 * KB, 128 * KB, 'The vCard of an account, its picture included (XEP-0054).'),
    iq_timeout_ms: count(SECOND, HOUR, MINUTE, 'Time after which a request of a client is answered with an error.'),
    idle_ms: count(SECOND, 24 * HOUR, 5 * MINUTE, 'Time after which an account without sessions leaves memory.'),
  }),
  sm: section('Stream management (XEP-0198).', {
    queue_bytes: count(16 * KB, GB, MB, 'What waits for a session that has no connection; past it the session ends.'),
    resume_max_ms: count(0, 24 * HOUR, 5 * MINUTE, 'How long a session without a connection can be resumed.'),
    location: location(
      'Where clients try first to come back, if not where they were sent by DNS: this very process, as they reach it.',
    ),
    ask_after_stanzas: count(1, 10_000, 25, 'Stanzas sent after which the client is asked what it has.'),
    ask_after_ms: count(
      100,
      HOUR,
      2 * SECOND,
      'Time after which the client is asked about a stanza it has not confirmed.',
    ),
  }),
  archive: section('Archives of accounts (XEP-0313).', {
    page_messages: count(1, 1_000, 100, 'Messages that one query is answered with; the rest is for the next query.'),
    page_bytes: count(16 * KB, 16 * MB, 512 * KB, 'Bytes of messages after which a page ends.'),
    preference_jids: count(0, 10_000, 1_000, 'Addresses in the lists of what an account wants archived (XEP-0441).'),
  }),
  cluster: section('Partitions and their owners.', {
    partitions: count(
      1,
      4_096,
      256,
      'Partitions of accounts, rooms and remote domains. The same in every process, for ever.',
    ),
    lease_ttl_ms: count(500, 5 * MINUTE, 5 * SECOND, 'After this long without a sign of life an owner is replaced.'),
  }),
  log: section('What the server says.', {
    level: choice(['error', 'warn', 'info', 'debug', 'trace'], 'info', 'Least important lines that are still written.'),
    format: choice(
      ['auto', 'json', 'line'],
      'auto',
      'JSON, or a line for people; auto is a line on a terminal and JSON elsewhere.',
    ),
  }),
  telemetry: section('Traces. Metrics are at /metrics on the health port, whatever is set here.', {
    trace_ratio: share(0.001, 'Share of the stanzas that are traced through all services: 0 none, 1 all.'),
    otlp_url: url(
      ['http', 'https'],
      'Collector that takes traces as OTLP over HTTP, without `/v1/traces`. Without it they are lines of the log, event `hop`, for `npx jabiru trace`.',
    ),
  }),
  drain: section('Sending clients away before a process leaves. A server that is alone closes all streams at once.', {
    rate_per_second: count(
      1,
      1_000_000,
      200,
      'Streams that are closed in a second; more where the deadline would not be met.',
    ),
    deadline_ms: count(
      100,
      24 * HOUR,
      10 * SECOND,
      'Time within which all are closed. `shutdown.deadline_ms` comes after it; who stops the process must wait for both.',
    ),
    see_other_host: location(
      'Where clients are sent instead of being told of the shutdown (RFC 6120 §4.9.3.19); those of WebSocket are told.',
    ),
  }),
  shutdown: section('Leaving.', {
    deadline_ms: count(100, 10 * MINUTE, 20 * SECOND, 'Time to hand over and close before the process ends anyway.'),
  }),
})

/** The whole configuration, as read and checked. Frozen; handed down by section. */
export type Config = Static<typeof schema>

/** Keys that have their name and take no effect: nothing serves them so far. Setting one is told in the log. */
export const UNSERVED: readonly string[] = ['s2s.port', 's2s.tls_port', 'component.port']
