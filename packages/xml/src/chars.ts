/** Namespace name of the prefix `xml` (Namespaces in XML 1.0 §3). */
export const XML_NS = 'http://www.w3.org/XML/1998/namespace'

/** Namespace name of the prefix `xmlns` (Namespaces in XML 1.0 §3). */
export const XMLNS_NS = 'http://www.w3.org/2000/xmlns/'

/** What a name may begin with, as the inside of a character class; without the colon. XML 1.0 §2.3. */
export const NAME_START = String.raw`A-Z_a-z\xC0-\xD6\xD8-\xF6\xF8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}`
/** What else a name may have. */
export const NAME_REST = String.raw`\-.0-9\xB7\u0300-\u036F\u203F\u2040`

const NC_NAME = new RegExp(`^[${NAME_START}][${NAME_START}${NAME_REST}]*$`, 'u')
const NOT_CHAR = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u
const NOT_NAMESPACE = /[\0-\x1F\x7F"<>{}\s]/

/** Whether the text is a name without a colon. Namespaces in XML 1.0 §3. */
export function isNcName(text: string): boolean {
  return NC_NAME.test(text)
}

/** Whether every character may occur in a document; lone surrogates may not. XML 1.0 §2.2. */
export function isXmlText(text: string): boolean {
  return !NOT_CHAR.test(text)
}

/**
 * Whether the text can be a namespace name. No URI or IRI has whitespace, quotes, angle brackets or braces (RFC 3987 §2.2):
 * parsers disagree on trimming them, and Clark names use the braces.
 */
export function isNamespaceName(text: string): boolean {
  return !NOT_NAMESPACE.test(text) && isXmlText(text)
}
