import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { ejabberdConfiguration, ejabberdFilling } from './ejabberd-configuration.ts'
import { prosodyConfiguration, rosterFile } from './prosody-configuration.ts'

const certificate = { certFile: '/c/certificate.pem', keyFile: '/c/key.pem' }
const places = { certificate, rooms: false, folder: '/f', tlsPort: 1001, httpsPort: 1002 }
const postgres = 'postgres://jabiru@127.0.0.1:5499/archives'

void test('ejabberd keeps an archive where it has a database for it, and none otherwise', () => {
  const [without, with_] = [undefined, postgres].map((url) =>
    parse(ejabberdConfiguration({ ...places, postgres: url })),
  )
  assert.equal(without.modules.mod_mam, undefined)
  assert.equal(without.sql_type, undefined)
  assert.deepEqual(with_.modules.mod_mam, { db_type: 'sql', default: 'always' })
  assert.deepEqual([with_.sql_server, with_.sql_port, with_.sql_database], ['127.0.0.1', 5499, 'archives'])
})

void test('ejabberd listens on loopback, under TLS, with room for a crowd', () => {
  const { listen } = parse(ejabberdConfiguration({ ...places, postgres: undefined }))
  for (const { ip, tls, backlog } of listen) assert.deepEqual([ip, tls, backlog], ['127.0.0.1', true, 1024])
  assert.deepEqual(
    listen.map(({ port }: { port: number }) => port),
    [1001, 1002],
  )
})

void test('Prosody keeps an archive where it has a database for it, and none otherwise', () => {
  const [without = '', with_ = ''] = [undefined, postgres].map((url) =>
    prosodyConfiguration({ ...places, postgres: url }),
  )
  assert.doesNotMatch(without, /"mam"|sql/)
  assert.match(with_, /"mam"/)
  assert.match(with_, /host = "127\.0\.0\.1", port = 5499, database = "archives", username = "jabiru"/)
})

void test('rooms are there where they are wanted, and keep nothing', () => {
  const modulesOf = (rooms: boolean) => parse(ejabberdConfiguration({ ...places, rooms, postgres: undefined })).modules
  assert.equal(modulesOf(false).mod_muc, undefined)
  const { host, default_room_options } = modulesOf(true).mod_muc
  assert.equal(host, 'conference.localhost')
  assert.deepEqual(default_room_options, { max_users: 10_000, persistent: false, logging: false, mam: false })
  const [without = '', with_ = ''] = [false, true].map((rooms) =>
    prosodyConfiguration({ ...places, rooms, postgres: undefined }),
  )
  assert.doesNotMatch(without, /Component/)
  assert.match(with_, /VirtualHost "localhost"\n\nComponent "conference\.localhost" "muc"\n/)
  assert.doesNotMatch(with_, /muc_mam/)
})

void test('rosters are what the groups say', () => {
  const setting = { users: 3, groupOf: 2, archive: false, rooms: false, certificate, profile: undefined }
  const filling = ejabberdFilling({ setting, password: 'secret', ready: 'done' })
  assert.match(filling, /\{<<"u0">>, \[<<"u1">>\]\},\n\{<<"u1">>, \[<<"u0">>\]\},\n\{<<"u2">>, \[\]\}/)
  assert.match(rosterFile(['u1']), /\["u1@localhost"\] = \{ \["subscription"\] = "both"/)
})
