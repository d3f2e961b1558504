/** Compares the plain reader with the parser at length: `node packages/xml/scripts/plain.ts [tokens in a row]`. */
import { checkCharacters, checkTokens } from '../test/plain.ts'

process.stdout.write(
  `characters: ${JSON.stringify(
    checkCharacters([
      [0, 0xd7ff],
      [0xe000, 0x1ffff],
      [0x10ff00, 0x10ffff],
    ]),
  )}\n`,
)
process.stdout.write(`tokens: ${JSON.stringify(checkTokens(Number(process.argv[2] ?? 4)))}\n`)
