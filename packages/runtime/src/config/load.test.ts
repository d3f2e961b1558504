import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { BadSetting } from '../fault.ts'
import { scratch } from '../testing/scratch.ts'
import { loadConfig, type Sources } from './load.ts'

function sources(env: Record<string, string> = {}, yaml?: string): Sources {
  const base = scratch()
  const [cwd, home] = [path.join(base, 'work'), path.join(base, 'home')]
  for (const folder of [cwd, home]) mkdirSync(folder)
  if (yaml !== undefined) writeFileSync(path.join(cwd, 'jabiru.yaml'), yaml)
  return { env, cwd, home }
}

function refused(from: Sources): readonly string[] {
  try {
    loadConfig(from)
  } catch (error) {
    if (error instanceof BadSetting) return error.message.split('\n').map((line) => line.trim())
    throw error
  }
  return []
}

void test('without a source every key has the default of the design', () => {
  const from = sources()
  const { config, file } = loadConfig(from)
  assert.equal(file, undefined)
  assert.equal(config.data_dir, path.join(from.home, 'data'))
  assert.deepEqual([config.domains, config.listen, config.admins], [['localhost'], '127.0.0.1', []])
  const { c2s, s2s, component, http, https, health } = config
  assert.deepEqual([c2s.port, c2s.tls_port, s2s.port, s2s.tls_port], [5222, 5223, 5269, 5270])
  assert.deepEqual([c2s.proxied_port, c2s.proxied_from], [undefined, ['127.0.0.0/8', '::1']])
  assert.deepEqual([component.port, http.port, https.port, health.port], [5347, 5280, 5281, 5290])
  assert.deepEqual([config.nats.url, config.redis.url, config.postgres.url], [undefined, undefined, undefined])
  assert.deepEqual([config.registration.enabled, config.log.level], [false, 'info'])
})

void test('RFC 6120 §4.6.4 no client is asked for a sign of life more than once in 5 minutes by default', () => {
  assert.ok(loadConfig(sources()).config.limits.silence_ms >= 5 * 60_000)
})

void test('RFC 6120 §13.12 whoever runs the server sets the limits, and no stanza of less than 10,000 bytes is too large', () => {
  const env = {
    JABIRU_LIMITS_CONNECTIONS_PER_ADDRESS: '7',
    JABIRU_LIMITS_ATTEMPTS_PER_MINUTE: '8',
    JABIRU_LIMITS_BYTES_PER_SECOND: '9000',
    JABIRU_LIMITS_RECIPIENTS_PER_MINUTE: '10',
    JABIRU_LIMITS_STANZA_BYTES: '20000',
    JABIRU_SESSION_PER_ACCOUNT: '3',
  }
  const { limits, session } = loadConfig(sources(env)).config
  assert.deepEqual([limits.connections_per_address, limits.stanza_bytes, session.per_account], [7, 20_000, 3])
  const { attempts_per_minute, bytes_per_second, recipients_per_minute } = limits
  assert.deepEqual([attempts_per_minute, bytes_per_second, recipients_per_minute], [8, 9000, 10])
  assert.match(refused(sources({ JABIRU_LIMITS_STANZA_BYTES: '9999' })).join(' '), /JABIRU_LIMITS_STANZA_BYTES/)
})

const VARIABLES: readonly (readonly [
  string,
  string,
  (c: ReturnType<typeof loadConfig>['config']) => unknown,
  unknown,
])[] = [
  ['JABIRU_DATA_DIR', '/srv/jabiru', (c) => c.data_dir, '/srv/jabiru'],
  ['JABIRU_DOMAINS', 'a.example, b.example', (c) => c.domains, ['a.example', 'b.example']],
  ['JABIRU_LISTEN', '::1', (c) => c.listen, '::1'],
  ['JABIRU_C2S_PORT', '1', (c) => c.c2s.port, 1],
  ['JABIRU_C2S_TLS_PORT', '2', (c) => c.c2s.tls_port, 2],
  ['JABIRU_C2S_PROXIED_PORT', '9', (c) => c.c2s.proxied_port, 9],
  ['JABIRU_C2S_PROXIED_FROM', '::1, 10.0.0.0/8', (c) => c.c2s.proxied_from, ['::1', '10.0.0.0/8']],
  ['JABIRU_S2S_PORT', '3', (c) => c.s2s.port, 3],
  ['JABIRU_S2S_TLS_PORT', '4', (c) => c.s2s.tls_port, 4],
  ['JABIRU_COMPONENT_PORT', '5', (c) => c.component.port, 5],
  ['JABIRU_HTTP_PORT', '6', (c) => c.http.port, 6],
  ['JABIRU_HTTPS_PORT', '7', (c) => c.https.port, 7],
  ['JABIRU_HEALTH_PORT', '8', (c) => c.health.port, 8],
  ['JABIRU_NATS_URL', 'nats://n', (c) => c.nats.url?.reveal(), 'nats://n'],
  ['JABIRU_REDIS_URL', 'redis://r', (c) => c.redis.url?.reveal(), 'redis://r'],
  ['JABIRU_POSTGRES_URL', 'postgres://p', (c) => c.postgres.url?.reveal(), 'postgres://p'],
  ['JABIRU_REGISTRATION_ENABLED', 'true', (c) => c.registration.enabled, true],
  ['JABIRU_ADMINS', 'alice@a.example', (c) => c.admins, ['alice@a.example']],
  ['JABIRU_CONTACT_ABUSE', 'mailto:a@b, xmpp:c@d', (c) => c.contact.abuse, ['mailto:a@b', 'xmpp:c@d']],
  ['JABIRU_SM_LOCATION', '[2001:db8::1]:9222', (c) => c.sm.location, '[2001:db8::1]:9222'],
  ['JABIRU_LOG_LEVEL', 'debug', (c) => c.log.level, 'debug'],
]
for (const [name, text, read, expected] of VARIABLES)
  void test(`${name} sets its key`, () => {
    assert.deepEqual(read(loadConfig(sources({ [name]: text })).config), expected)
  })

for (const place of ['', 'a b', 'a:b', 'https://a', '2001:db8::1', '[x]', 'a:123456', "a'"])
  void test(`RFC 6120 §4.9.3.19 '${place}' is no place to come back to`, () => {
    const yaml = `sm:\n  location: ${JSON.stringify(place)}\n`
    assert.throws(() => loadConfig(sources({}, yaml)), /sm\.location: expected a host/)
  })

void test('the environment wins over the file, and the file over the defaults', () => {
  const yaml = 'c2s:\n  port: 1222\n  tls_port: 1223\n'
  const { config } = loadConfig(sources({ JABIRU_C2S_PORT: '2222' }, yaml))
  assert.deepEqual([config.c2s.port, config.c2s.tls_port, config.s2s.port], [2222, 1223, 5269])
})

void test('a relative path starts where it was written', () => {
  const env = sources({ JABIRU_DATA_DIR: 'here' })
  assert.equal(loadConfig(env).config.data_dir, path.join(env.cwd, 'here'))
  const yaml = sources({}, 'data_dir: there\n')
  assert.equal(loadConfig(yaml).config.data_dir, path.join(yaml.cwd, 'there'))
})

void test('all faults come at once, each with its line and key', () => {
  const yaml = 'c2s:\n  port: abc\n  prot: 3\nlimts: 4\nlog: { level: loud }\nsm:\n  - 3\n'
  assert.deepEqual(refused(sources({ JABIRU_C2S_PROT: '3', JABIRU_HTTP_PORT: '70000' }, yaml)), [
    'wrong settings:',
    'jabiru.yaml:2: c2s.port: expected a whole number from 0 to 65535, found "abc"',
    'jabiru.yaml:3: c2s.prot: no such setting; did you mean c2s.port?',
    'jabiru.yaml:4: limts: no such setting; did you mean limits?',
    'jabiru.yaml:5: log.level: expected one of error, warn, info, debug, trace, found "loud"',
    'jabiru.yaml:7: sm: expected keys and values below it',
    'JABIRU_C2S_PROT: no such setting; did you mean JABIRU_C2S_PORT?',
    'JABIRU_HTTP_PORT: expected a whole number from 0 to 65535, found 70000',
  ])
})

const REFUSED: readonly (readonly [string, Record<string, string>, string | undefined, RegExp])[] = [
  ['a file that is no YAML', {}, 'c2s: [\n', /^wrong settings?: ?|jabiru\.yaml:\d+/],
  ['a key that stands twice', {}, 'listen: "::1"\nlisten: "::1"\n', /jabiru\.yaml:2: Map keys must be unique/],
  [
    'a list of nothing for domains',
    { JABIRU_DOMAINS: ' , ' },
    undefined,
    /JABIRU_DOMAINS: expected domain names, found " , "/,
  ],
  ['a domain that is none', { JABIRU_DOMAINS: 'a_b..c' }, undefined, /JABIRU_DOMAINS: expected domain names/],
  [
    'a name where an address is due',
    { JABIRU_LISTEN: 'localhost' },
    undefined,
    /JABIRU_LISTEN: expected an IP address/,
  ],
  ['a contact that is no URI', { JABIRU_CONTACT_ADMIN: 'a@b' }, undefined, /JABIRU_CONTACT_ADMIN: expected URIs/],
  ['half a number', { JABIRU_C2S_PORT: '5222x' }, undefined, /expected a whole number/],
  ['more than all', { JABIRU_TELEMETRY_TRACE_RATIO: '1.5' }, undefined, /expected a number from 0 to 1/],
  ['a share in words', { JABIRU_TELEMETRY_TRACE_RATIO: 'all' }, undefined, /expected a number from 0 to 1/],
  ['a port used twice', { JABIRU_C2S_PORT: '5223' }, undefined, /c2s\.tls_port: port 5223 is also that of c2s\.port/],
  [
    'a port used twice, one of them unset by default',
    { JABIRU_C2S_PROXIED_PORT: '5222' },
    undefined,
    /c2s\.proxied_port/,
  ],
  ['a port that is off by a number', { JABIRU_C2S_PROXIED_PORT: '0' }, undefined, /expected a whole number from 1/],
  ...['10.0.0.0/33', '10.0.0', '::1/129', '::1/', 'fe80::1%eth0', 'localhost', ' '].map(
    (text) => [`'${text}' for a network`, { JABIRU_C2S_PROXIED_FROM: text }, undefined, /FROM: expected addr/] as const,
  ),
  ['a certificate without a key', { JABIRU_TLS_CERT_FILE: 'c.pem' }, undefined, /cert_file and key_file go together/],
  ['a file named and not there', { JABIRU_CONFIG: 'none.yaml' }, undefined, /none\.yaml: cannot be read/],
  ['an anchor cannot hide a fault', {}, 'c2s: &x { port: no }\ns2s: *x\n', /s2s\.port: expected a whole number/],
]
for (const [name, env, yaml, expected] of REFUSED)
  void test(`refused: ${name}`, () => {
    assert.match(refused(sources(env, yaml)).join('\n'), expected)
  })

void test('a wrong secret is not shown in the message that refuses it', () => {
  const message = refused(sources({ JABIRU_POSTGRES_URL: 'mysql://u:hunter2@h/d' })).join('\n')
  assert.match(message, /JABIRU_POSTGRES_URL: expected a URL that begins with postgres:\/\//)
  assert.doesNotMatch(message, /hunter2/)
})

void test('a secret can be read from a file', () => {
  const from = sources()
  const file = path.join(from.cwd, 'url')
  writeFileSync(file, 'postgres://u:hunter2@h/d\n')
  const { config } = loadConfig({ ...from, env: { JABIRU_POSTGRES_URL_FILE: file } })
  assert.equal(config.postgres.url?.reveal(), 'postgres://u:hunter2@h/d')
  assert.match(
    refused({ ...from, env: { JABIRU_POSTGRES_URL_FILE: file, JABIRU_POSTGRES_URL: 'postgres://x' } }).join('\n'),
    /set together with/,
  )
})

void test('an empty variable counts as not set, and those for tests are let through', () => {
  const { config } = loadConfig(sources({ JABIRU_NATS_URL: '', JABIRU_TEST_SEED: '7' }))
  assert.equal(config.nats.url, undefined)
})

void test('domains and administrators are held in canonical form', () => {
  const { config } = loadConfig(sources({ JABIRU_DOMAINS: 'EXAMPLE.org', JABIRU_ADMINS: 'Alice@EXAMPLE.org' }))
  assert.deepEqual([config.domains, config.admins], [['example.org'], ['alice@example.org']])
})

void test('a setting without effect is told of', () => {
  assert.deepEqual(loadConfig(sources({ JABIRU_COMPONENT_PORT: '2' }, 's2s: { port: 1 }\n')).unserved, [
    's2s.port',
    'component.port',
  ])
  assert.deepEqual(loadConfig(sources({ JABIRU_C2S_PORT: '1' })).unserved, [])
})

void test('what Kubernetes tells of Services is no setting', () => {
  const links = {
    JABIRU_PORT: 'tcp://10.0.0.1:5222',
    JABIRU_EDGE_SERVICE_HOST: '10.0.0.1',
    JABIRU_EDGE_PORT_5222_TCP: 'x',
  }
  assert.equal(loadConfig(sources(links)).config.c2s.port, 5222)
  assert.match(refused(sources({ JABIRU_C2S_PORT: 'tcp://10.0.0.1:5222' })).join(''), /expected a whole number/)
})

void test('jabiru.yaml is looked for in the working folder, then the checkout, then the data folder', () => {
  const from = sources()
  const write = (folder: string, port: number): void => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, 'jabiru.yaml'), `c2s: { port: ${port} }`)
  }
  const port = (): number => loadConfig(from).config.c2s.port
  write(path.join(from.home, 'data'), 3)
  assert.equal(port(), 3)
  write(from.home, 2)
  assert.equal(port(), 2)
  write(from.cwd, 1)
  assert.equal(port(), 1)
  assert.equal(loadConfig({ ...from, file: path.join(from.home, 'jabiru.yaml') }).config.c2s.port, 2)
})

void test('the configuration is frozen', () => {
  const { config } = loadConfig(sources())
  assert.ok(Object.isFrozen(config))
  for (const inner of [config.c2s, config.domains, config.admins]) assert.ok(Object.isFrozen(inner))
})
