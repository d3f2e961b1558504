import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { BadCertificate, type CertificateFiles, readCertificate } from './certificate.ts'
import { watchCertificate } from './certificate-watch.ts'
import { createManualClock } from './clock.ts'
import { createLog, type Log } from './log.ts'
import { ensureSelfSigned } from './self-signed.ts'
import { scratch } from './testing/scratch.ts'

const DAY_MS = 24 * 60 * 60 * 1_000
const START = new Date('2026-11-21T12:00:00Z')
const later = (days: number): Date => new Date(START.getTime() + days * DAY_MS)
const fresh = (): string => scratch()

const fingerprintOf = async (files: CertificateFiles): Promise<string> => (await readCertificate(files)).fingerprint

function events(): { log: Log; names: () => readonly unknown[] } {
  const lines: { event?: unknown }[] = []
  const destination = { write: (text: string) => void lines.push(JSON.parse(text)) }
  return { log: createLog({ level: 'debug', format: 'json' }, { destination }), names: () => lines.map((l) => l.event) }
}

void test('RFC 6120 §13.7.1 our own certificate names the domains, what lives below them, and loopback', async () => {
  const files = await ensureSelfSigned(fresh(), ['localhost', 'bücher.example'], START)
  const { cert, notAfter } = await readCertificate(files)
  const x509 = new X509Certificate(cert)
  for (const name of ['localhost', 'conference.localhost', 'xn--bcher-kva.example', 'upload.xn--bcher-kva.example'])
    assert.equal(x509.checkHost(name) !== undefined, true, name)
  for (const ip of ['127.0.0.1', '::1']) assert.equal(x509.checkIP(ip), ip)
  assert.equal(x509.checkHost('example.org'), undefined)
  assert.equal(notAfter.getTime(), later(365).getTime())
  assert.equal(x509.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1')
  assert.equal(x509.ca, false)
  assert.notEqual(x509.subject, '')
  assert.match(x509.signatureAlgorithm ?? '', /SHA256/i)
  assert.equal(statSync(files.keyFile).mode & 0o777, 0o600)
})

const RENEWALS: readonly (readonly [string, readonly string[], Date, boolean])[] = [
  ['is kept while it is good', ['localhost'], later(334), true],
  ['is made anew when less than 30 days are left', ['localhost'], later(336), false],
  ['is made anew for a domain it does not name', ['localhost', 'example.org'], later(1), false],
]
for (const [name, domains, when, kept] of RENEWALS)
  void test(`our own certificate ${name}`, async () => {
    const dir = fresh()
    const before = await fingerprintOf(await ensureSelfSigned(dir, ['localhost'], START))
    assert.equal((await fingerprintOf(await ensureSelfSigned(dir, domains, when))) === before, kept)
  })

void test('our own certificate is made anew when its key is lost', async () => {
  const files = await ensureSelfSigned(fresh(), ['localhost'], START)
  writeFileSync(files.keyFile, '')
  await ensureSelfSigned(path.dirname(files.keyFile), ['localhost'], START)
  assert.match(await fingerprintOf(files), /^[0-9A-F:]{95}$/)
})

void test('a key of another certificate is refused', async () => {
  const [one, other] = [await ensureSelfSigned(fresh(), ['localhost']), await ensureSelfSigned(fresh(), ['localhost'])]
  await assert.rejects(readCertificate({ ...one, keyFile: other.keyFile }), BadCertificate)
})

/** A mounted secret as Kubernetes keeps it: files are links through `..data`, and that link is what is swapped. */
async function mountedSecret(): Promise<{ files: CertificateFiles; swap: () => Promise<void> }> {
  const mount = fresh()
  let version = 0
  const swap = async (): Promise<void> => {
    const dir = path.join(mount, `..v${++version}`)
    mkdirSync(dir)
    await ensureSelfSigned(dir, ['localhost'])
    symlinkSync(dir, path.join(mount, '..tmp'))
    renameSync(path.join(mount, '..tmp'), path.join(mount, '..data'))
  }
  await swap()
  for (const name of ['certificate.pem', 'key.pem']) symlinkSync(`..data/${name}`, path.join(mount, name))
  return { files: { certFile: path.join(mount, 'certificate.pem'), keyFile: path.join(mount, 'key.pem') }, swap }
}

void test('a certificate swapped below a link is taken at the next look', async () => {
  const { files, swap } = await mountedSecret()
  const clock = createManualClock()
  const changed = Promise.withResolvers<string>()
  using watch = await watchCertificate(files, (c) => changed.resolve(c.fingerprint), { log: events().log, clock })
  const before = watch.current().fingerprint
  await swap()
  clock.advance(10_000)
  assert.equal(await changed.promise, await fingerprintOf(files))
  assert.notEqual(watch.current().fingerprint, before)
})

void test('half a renewal is told once and not taken, and the whole one is', async () => {
  const files = await ensureSelfSigned(fresh(), ['localhost'])
  const next = await ensureSelfSigned(fresh(), ['localhost'])
  const { log, names } = events()
  let changes = 0
  using watch = await watchCertificate(files, () => void changes++, { log, clock: createManualClock() })
  const before = watch.current().fingerprint

  writeFileSync(files.certFile, readFileSync(next.certFile))
  await watch.check()
  await watch.check()
  assert.deepEqual([watch.current().fingerprint, changes, names()], [before, 0, ['certificate_refused']])

  writeFileSync(files.keyFile, readFileSync(next.keyFile))
  await watch.check()
  await watch.check()
  assert.deepEqual([changes, names()], [1, ['certificate_refused', 'certificate_changed']])
})

void test('a watch that is over looks no more', async () => {
  const clock = createManualClock()
  const files = await ensureSelfSigned(fresh(), ['localhost'])
  const watch = await watchCertificate(files, () => undefined, { log: events().log, clock })
  assert.equal(clock.pending(), 1)
  watch[Symbol.dispose]()
  assert.equal(clock.pending(), 0)
})
