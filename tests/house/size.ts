import type { Finding, Source } from './source.ts'

/** Code lines a file may have before it needs a reason or a cut. */
export const MOST_LINES = 250

/** `// Longer than 250 lines: …` anywhere in the file gives the reason. */
const REASON = /^\s*(?:\/\/|\*|\/\*\*?)\s*Longer than 250 lines: \S.{9,}/m

/** Lines that hold code: not blank, not only a comment. */
export function codeLines(file: Source): number {
  const code = file.code.split('\n')
  return file.text.split('\n').filter((line, i) => line.trim() !== '' && code[i]?.trim() !== '').length
}

/** Files of more than 250 code lines that give no reason. */
export function size(house: readonly Source[]): readonly Finding[] {
  return house
    .filter((file) => codeLines(file) > MOST_LINES && !REASON.test(file.text))
    .map((file) => ({
      path: file.path,
      line: 1,
      say: `${codeLines(file)} code lines, at most ${MOST_LINES}: cut it, or write '// Longer than 250 lines: <why>' near the top`,
    }))
}
