import { constants, createHash, X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'

/** A certificate chain and its key, PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** Where the certificate comes from, and when there is another one. */
export interface CertificateSource {
  readonly current: () => Certificate
  readonly onChange: (listener: () => void) => void
}

/** What connections that begin TLS now get. */
export interface TlsIdentity {
  readonly certificate: Certificate
  readonly context: SecureContext
  /** `tls-server-end-point` (RFC 5929 §4.1), base64. */
  readonly endPoint: string
}

/**
 * RFC 9325 §3.1.1, §3.4: TLS 1.2 and later, no renegotiation.
 * NOTSPEC(RFC 6120 §5.3.5): the platform answers a renegotiation with an alert and leaves it to the client to end the connection.
 * NOTSPEC(RFC 6120 §13.8.2): TLS_RSA_WITH_AES_128_CBC_SHA is not promised; RFC 7590 §3 puts the advice of RFC 9325 in its place.
 */
export const tlsSettings = ({ key, cert }: Certificate): SecureContextOptions => ({
  key,
  cert,
  minVersion: 'TLSv1.2',
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  honorCipherOrder: true,
})

/** RFC 5929 §4.1: the hash of the signature, but SHA-256 in place of MD5 and SHA-1. */
function endPointHash(certificate: X509Certificate): string {
  const named = /sha(384|512)/i.exec(certificate.signatureAlgorithm ?? '')
  return named?.[1] === undefined ? 'sha256' : `sha${named[1]}`
}

function identityOf(certificate: Certificate): TlsIdentity {
  const context = createSecureContext(tlsSettings(certificate))
  const leaf = new X509Certificate(certificate.cert)
  return { certificate, context, endPoint: createHash(endPointHash(leaf)).update(leaf.raw).digest('base64') }
}

interface LiveIdentity {
  readonly current: () => TlsIdentity
  /** Tells of each new one. */
  readonly onChange: (listener: (identity: TlsIdentity) => void) => void
}

/** The identity of this moment; follows the source. A certificate that cannot be used leaves the one before it in force. */
export function liveIdentity(source: CertificateSource, onFault: (fault: unknown) => void): LiveIdentity {
  const listeners: ((identity: TlsIdentity) => void)[] = []
  let identity = identityOf(source.current())
  source.onChange(() => {
    try {
      identity = identityOf(source.current())
    } catch (fault) {
      return onFault(fault)
    }
    for (const listener of listeners) listener(identity)
  })
  return { current: () => identity, onChange: (listener) => void listeners.push(listener) }
}
