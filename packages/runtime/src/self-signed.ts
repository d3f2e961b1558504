import { X509Certificate } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { isIP } from 'node:net'
import path from 'node:path'
import { domainToASCII } from 'node:url'
import { BadCertificate, type CertificateFiles, readCertificate } from './certificate.ts'
import { writePrivate } from './private-file.ts'

const DAY_MS = 24 * 60 * 60 * 1_000
const VALID_DAYS = 365
const RENEW_DAYS = 30
/** Clocks of clients may be slow. */
const EARLY_DAYS = 1
/** Where rooms, pubsub, uploads and the proxy of a domain live. */
const BELOW = ['conference', 'pubsub', 'upload', 'proxy']
/** RFC 5280, ub-common-name. */
const LONGEST_NAME = 64

/**
 * Makes sure that `dir` holds a certificate of our own for the domains, made anew when it covers one of them no longer or has less
 * than 30 days left. The key can be read by this user only.
 */
export async function ensureSelfSigned(
  dir: string,
  domains: readonly string[],
  now = new Date(),
): Promise<CertificateFiles> {
  const files = { certFile: path.join(dir, 'certificate.pem'), keyFile: path.join(dir, 'key.pem') }
  const names = domains.map(hostName).flatMap(withServices)
  if (await isGood(files, names, now)) return files
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const { cert, key } = await make(names, now)
  await writePrivate(files.keyFile, key)
  await writePrivate(files.certFile, cert)
  return files
}

async function isGood(files: CertificateFiles, names: readonly string[], now: Date): Promise<boolean> {
  try {
    const { cert, notAfter } = await readCertificate(files)
    const x509 = new X509Certificate(cert)
    const covers = names.every((name) => (isIP(name) === 0 ? x509.checkHost(name) : x509.checkIP(name)) !== undefined)
    return covers && notAfter.getTime() - now.getTime() > RENEW_DAYS * DAY_MS
  } catch (error) {
    if (error instanceof BadCertificate) return false
    throw error
  }
}

/** NOTSPEC(RFC 6120 §13.7.1.1): no responder of OCSP is named: it is of no authority that could answer for it. */
async function make(names: readonly string[], now: Date): Promise<{ cert: string; key: string }> {
  const { generate } = await import('selfsigned') // slow to load, and needed once a year
  const hosts = names.filter((name) => isIP(name) === 0)
  const addresses = new Set([...names.filter((name) => isIP(name) !== 0), '127.0.0.1', '::1'])
  const name = hosts.find((host) => host.length <= LONGEST_NAME) ?? 'localhost'
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now.getTime() - EARLY_DAYS * DAY_MS),
    notAfterDate: new Date(now.getTime() + VALID_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...hosts.map((value) => ({ type: 2 as const, value })),
          ...[...addresses].map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  })
  return { cert, key }
}

/** Each by name: what reads certificates takes no wildcard below a domain of one label, localhost say. */
function withServices(name: string): readonly string[] {
  return isIP(name) === 0 ? [name, ...BELOW.map((label) => `${label}.${name}`)] : [name]
}

/** Certificates name hosts in ASCII, and addresses without brackets. */
function hostName(domain: string): string {
  return isIP(domain) === 0 && domain.startsWith('[') ? domain.slice(1, -1) : domainToASCII(domain) || domain
}
