import { BadCertificate, type Certificate, type CertificateFiles, readCertificate } from './certificate.ts'
import { type Clock, systemClock, type Timer } from './clock.ts'
import type { Log } from './log.ts'

/** How a certificate is watched. */
export interface WatchOptions {
  readonly log: Log
  /** How often the files are read, in ms; 10 000 unless given. */
  readonly everyMs?: number
  readonly clock?: Clock
}

/** A certificate that is kept up to date. */
export interface CertificateWatch extends Disposable {
  /** The one in use. */
  readonly current: () => Certificate
  /** Looks at once; resolves when what was found has been taken or refused. */
  readonly check: () => Promise<void>
}

/**
 * Reads a certificate, and again and again: the content counts, not the time of a file, which never changes where a link is
 * swapped (Kubernetes). A pair that does not fit is reported and not taken; the one in use stays.
 * @throws BadCertificate when the first reading fails
 */
export async function watchCertificate(
  files: CertificateFiles,
  onChange: (certificate: Certificate) => void,
  { log, everyMs = 10_000, clock = systemClock }: WatchOptions,
): Promise<CertificateWatch> {
  let current = await readCertificate(files)
  let refused = ''
  let timer: Timer | undefined
  let over = false

  const check = async (): Promise<void> => {
    try {
      const found = await readCertificate(files)
      refused = ''
      if (over || (found.cert === current.cert && found.key === current.key)) return
      current = found
      log.info(
        { cert: files.certFile, not_after: found.notAfter, fingerprint: found.fingerprint },
        'certificate_changed',
      )
      onChange(found)
    } catch (error) {
      if (!(error instanceof BadCertificate)) throw error
      if (error.message !== refused) log.error({ reason: error.message }, 'certificate_refused')
      refused = error.message
    }
  }
  const again = (): void => {
    timer = clock.setTimer(everyMs, () => {
      check()
        .catch((err: unknown) => log.error({ err }, 'certificate_watch_failed'))
        .finally(() => {
          if (!over) again()
        })
    })
  }
  again()
  return {
    current: () => current,
    check,
    [Symbol.dispose]: () => {
      over = true
      timer?.cancel()
    },
  }
}
