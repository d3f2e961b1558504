/** Namespaces of extensions that are spoken on the stream itself. */
export const SM = 'urn:xmpp:sm:3'
export const CSI = 'urn:xmpp:csi:0'
export const CHANNEL_BINDING = 'urn:xmpp:sasl-cb:0'
export const REGISTER = 'http://jabber.org/features/iq-register'
