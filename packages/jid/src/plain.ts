// Lower-case ASCII that no rule changes: no double hyphen, no last label that begins with a digit, one label of at most 63 octets
// because the name as a whole has no more.
const PLAIN =
  /^(?:[!#$%()*+,\-.0-9;=?[\\\]^_`a-z{|}~]{1,1023}@)?(?=[^/]{1,63}(?:\/|$))(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)*[a-z](?:-?[a-z0-9])*(?:\/[!-~][ -~]{0,1022})?$/u

/** Whether an address is in canonical form already, by a test that most are known to pass. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text)
}
