import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { configDocs, loadConfig } from '@jabiru/runtime/config'
import { type Terminal, UsageFault } from '../terminal.ts'
import { noMore, parse } from '../usage.ts'

/** `config check [--file <file>]` and `config docs`. */
export async function config(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parse(args, { file: { type: 'string' }, config: { type: 'string' } })
  const [what, ...rest] = positionals
  noMore(rest)
  if (what === 'check') return check(terminal, values.file ?? values.config)
  if (what === 'docs') return writeDocs(terminal)
  throw new UsageFault(
    what === undefined ? 'config takes check or docs' : `unknown 'config ${what}'; there are check and docs`,
  )
}

function check({ env, cwd, home, out }: Terminal, named: string | undefined): number {
  const { file } = loadConfig({ env, cwd, home, ...(named === undefined ? {} : { file: named }) })
  out(file === undefined ? 'the configuration is right (no jabiru.yaml found)' : `the configuration is right (${file})`)
  return 0
}

async function writeDocs({ home, out }: Terminal): Promise<number> {
  const page = path.join(home, 'docs', 'configuration.md')
  await writeFile(page, configDocs())
  out(`wrote ${page}`)
  return 0
}
