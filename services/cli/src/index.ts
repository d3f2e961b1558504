export { type Command, runCommandLine } from './command-line.ts'
export { type Terminal, UsageFault } from './terminal.ts'
