import { type Contacts, renderCaps, serverCaps, serverInfo } from '@jabiru/protocol'
import type { Element } from '@jabiru/xml'

/** What stream features hold of what the server can (XEP-0115 §6.3): hashed anew when the list is another one. */
export function createCaps(features: () => readonly string[], contacts: Contacts): () => Element {
  let hashed: { readonly of: readonly string[]; readonly caps: Element } | undefined
  return () => {
    const of = features()
    if (hashed?.of !== of) hashed = { of, caps: renderCaps(serverCaps(serverInfo(of, contacts))) }
    return hashed.caps
  }
}
