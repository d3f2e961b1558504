import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { UserFault } from './fault.ts'

/** A certificate and its key, checked to belong together. */
export interface Certificate {
  /** The chain, PEM, the server's own first. */
  readonly cert: string
  /** The private key, PEM. */
  readonly key: string
  readonly notAfter: Date
  /** SHA-256 of the server's own certificate, in hexadecimal pairs. */
  readonly fingerprint: string
}

/** Where a certificate stands. Links are followed each time, so a mounted secret may be swapped below them. */
export interface CertificateFiles {
  readonly certFile: string
  readonly keyFile: string
}

/** A certificate cannot be used. */
export class BadCertificate extends UserFault {
  override readonly name = 'BadCertificate'
}

/**
 * Reads and checks a certificate.
 * @throws BadCertificate when a file is missing or unreadable as PEM, or when the key is another certificate's
 */
export async function readCertificate({ certFile, keyFile }: CertificateFiles): Promise<Certificate> {
  const [cert, key] = await Promise.all([readPem(certFile), readPem(keyFile)])
  const x509 = parsed(certFile, () => new X509Certificate(cert))
  const privateKey = parsed(keyFile, () => createPrivateKey(key))
  if (!x509.checkPrivateKey(privateKey)) throw new BadCertificate(`${keyFile} is not the key of ${certFile}`)
  return { cert, key, notAfter: x509.validToDate, fingerprint: x509.fingerprint256 }
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new BadCertificate(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function parsed<T>(file: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw new BadCertificate(`${file} holds nothing usable: ${error instanceof Error ? error.message : String(error)}`)
  }
}
