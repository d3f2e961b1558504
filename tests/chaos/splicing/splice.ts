/**
 * A change to the text of one module, made while a process of a test loads it: what stands on disk, and what an operator
 * runs, knows nothing of it.
 */
export interface Splice {
  /** From the root of the checkout. */
  readonly file: string
  /** Stands in the file once. */
  readonly find: string
  readonly put: string
}

/** The module is not what the splice was written for: the place is gone, or there are several. */
export class SpliceMisplaced extends Error {
  override readonly name = 'SpliceMisplaced'
}

/** The text with all splices made. Throws SpliceMisplaced. */
export function spliced(text: string, splices: readonly Splice[]): string {
  return splices.reduce((before, { file, find, put }) => {
    const pieces = before.split(find)
    if (pieces.length !== 2) throw new SpliceMisplaced(`${file} has ${pieces.length - 1} times: ${find}`)
    return pieces.join(put)
  }, text)
}
