import { NAME_REST, NAME_START } from './chars.ts'

const REFERENCE = new RegExp(`&(?!#|(?:amp|lt|gt|quot|apos);)[${NAME_START}:][${NAME_START}${NAME_REST}:]*;`, 'u')

/** Whether there is a comment, a processing instruction or a declaration, XML's own included. RFC 6120 §11.1. */
export function isRestricted(xml: string): boolean {
  return /<[!?]/.test(withoutCdata(xml))
}

/** Whether there is a reference to an entity that is not one of the five predefined (XML 1.0 §4.6). RFC 6120 §11.1. */
export function hasForeignReference(xml: string): boolean {
  return REFERENCE.test(withoutCdata(xml))
}

/** Takes the CDATA sections out; one pass whatever the text, unlike a regular expression. */
function withoutCdata(xml: string): string {
  let kept = ''
  let from = 0
  for (;;) {
    const start = xml.indexOf('<![CDATA[', from)
    const end = start < 0 ? -1 : xml.indexOf(']]>', start)
    if (end < 0) return from === 0 ? xml : kept + xml.slice(from)
    kept += xml.slice(from, start)
    from = end + 3
  }
}
