/** XEP-0313, and the preferences of XEP-0441. */
export const NS_MAM = 'urn:xmpp:mam:2'
