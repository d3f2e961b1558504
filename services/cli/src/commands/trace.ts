import { createReadStream } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { isCode, UserFault } from '@jabiru/runtime'
import { type Terminal, UsageFault } from '../terminal.ts'
import { type HopLine, parseHopLine } from '../trace/hop-line.ts'
import { render, waysOf } from '../trace/way.ts'
import { parse } from '../usage.ts'

/** `trace <id> [<log file>…]`: the way of a stanza through all processes whose logs are given, or piped in. */
export async function trace(args: readonly string[], terminal: Terminal): Promise<number> {
  const { positionals } = parse(args, {})
  const [id, ...files] = positionals
  if (id === undefined) throw new UsageFault('trace takes the id of a stanza or of a trace')
  const ways = waysOf(await readHops(files, terminal), id)
  if (ways.length === 0)
    throw new UserFault(
      `no hop of ${id}: the logs must be JSON (log.format) of all processes, and the stanza one that was traced (telemetry.trace_ratio)`,
    )
  for (const line of ways.flatMap(render)) terminal.out(line)
  return 0
}

async function readHops(files: readonly string[], { stdin, cwd }: Terminal): Promise<readonly HopLine[]> {
  if (files.length > 0) {
    const read = files.map((file) => hopsIn(createReadStream(path.resolve(cwd, file))))
    return (await Promise.all(read)).flat()
  }
  if (stdin.isTTY === true) throw new UsageFault('trace reads logs: name their files, or pipe them in')
  return hopsIn(stdin)
}

async function hopsIn(input: Readable): Promise<readonly HopLine[]> {
  const hops: HopLine[] = []
  try {
    for await (const line of createInterface({ input })) {
      const hop = parseHopLine(line)
      if (hop) hops.push(hop)
    }
  } catch (error) {
    if (error instanceof Error && isCode(error, 'ENOENT', 'EACCES', 'EISDIR'))
      throw new UserFault(`cannot read the log: ${error.message}`)
    throw error
  }
  return hops
}
