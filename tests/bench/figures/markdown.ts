export type Cells = readonly (string | undefined)[]

/** A table of Markdown. */
export function table(head: readonly string[], lines: readonly Cells[]): string {
  return [head, head.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.map((cell = '') => cell.replaceAll('|', '/')).join(' | ')} |`)
    .join('\n')
}
