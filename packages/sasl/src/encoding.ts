const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Bytes of a base64 text (RFC 4648 §4: padded, no white space, no stray bits); undefined where the text is anything else. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (!BASE64.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  // Two spellings of the same bytes would let a proof be altered without breaking it.
  return bytes.toString('base64') === text ? bytes : undefined
}

/** Base64 of the bytes (RFC 4648 §4). */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

// A byte order mark is part of the text here: dropped, it would make two names one.
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text of well-formed UTF-8 (RFC 3629); undefined where the bytes are not. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined // the only thing a fatal decoder throws is "not UTF-8"
  }
}

/** UTF-8 bytes of the text. */
export function encodeUtf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8')
}
