import { type Job, userName } from './job.ts'
import { type Line, type OnFault, openLine } from './line.ts'
import { type Coming, logIn } from './login.ts'

/** How many log in at a time where nothing is measured by it. */
const WIDTH = 20

/** Does something for each number below `count`, so many at a time. */
export async function each(count: number, width: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const walk = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: Math.min(width, count) }, walk))
}

/** Connects users 0 to count - 1 and logs them in, one server address after another. */
export async function gather(job: Job, count: number, entry: Entry): Promise<readonly Line[]> {
  const lines: Line[] = []
  await each(count, WIDTH, async (n) => {
    lines[n] = await enter(job, n, entry)
  })
  return lines
}

/** How one comes in. */
export interface Entry extends Coming {
  readonly onFault: OnFault
  /** How his connection is made. */
  readonly open?: typeof openLine
}

/** One user on a connection of his. */
export async function enter(job: Job, n: number, { onFault, open = openLine, ...coming }: Entry): Promise<Line> {
  const endpoint = job.endpoints[n % job.endpoints.length]
  if (endpoint === undefined) throw new TypeError('the server takes no clients')
  const line = await open(n, endpoint, onFault)
  if (job.relay) line.socket.write(`${userName(n)}\n`)
  else await logIn(line, job.domain, coming)
  return line
}

/** Ends the connections at once: what is measured has been measured. */
export function dismiss(lines: readonly Line[]): void {
  for (const line of lines) {
    line.leaving = true
    line.socket.destroy()
  }
}
