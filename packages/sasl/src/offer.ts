import { encodeBase64 } from './encoding.ts'
import { digest, type ScramHash, scramHashes } from './hash.ts'

/**
 * The hash of XEP-0474 over what the stream features named: mechanisms, and the channel binding types of XEP-0440.
 * Base64, made with the hash of the mechanism in use.
 */
export function offerHash(hash: ScramHash, mechanisms: readonly string[], bindingTypes: readonly string[]): string {
  // Names are ASCII, for which the order of code units is the i;octet order the XEP wants.
  const list = (names: readonly string[]): string => names.toSorted(byOctets).join('\x1e')
  const bindings = bindingTypes.length === 0 ? '' : `\x1f${list(bindingTypes)}`
  return encodeBase64(digest(hash, list(mechanisms) + bindings))
}

function byOctets(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** The SCRAM variant a mechanism name stands for; undefined for any other name. */
export function scramVariant(name: string): { readonly hash: ScramHash; readonly plus: boolean } | undefined {
  const plus = name.endsWith('-PLUS')
  const hash = scramHashes.find((hash) => name === `SCRAM-${hash}${plus ? '-PLUS' : ''}`)
  return hash === undefined ? undefined : { hash, plus }
}

/** The mechanisms a stream may offer, best first: -PLUS where there is something to bind to, PLAIN only under TLS. */
export function mechanismsFor(stream: { readonly secure: boolean; readonly bindable: boolean }): readonly string[] {
  const scram = scramHashes.map((hash) => `SCRAM-${hash}`)
  return [
    ...(stream.bindable ? scram.map((name) => `${name}-PLUS`) : []),
    ...scram,
    ...(stream.secure ? ['PLAIN'] : []), // RFC 6120 §13.8.3
  ]
}
