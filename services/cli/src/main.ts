// Parse, do, leave with a code. Nothing else belongs in a main.
import path from 'node:path'
import { runCommandLine } from './command-line.ts'
import { processTerminal } from './terminal.ts'

const home = path.resolve(import.meta.dirname, '../../..')
const terminal = processTerminal({ home, abort: (code) => process.exit(code) })

// Commands end when their work is done. A handle that something left open must not keep the process.
process.exit(await runCommandLine(process.argv.slice(2), terminal))
