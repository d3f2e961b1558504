import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the kernel keeps the groups among which it shares the processors, and in which of them a process is. */
export interface CpuGroup {
  readonly mount: string
  readonly path: string
}

/** By /proc/mounts and /proc/self/cgroup; undefined where the kernel has no such groups. */
export function cpuGroupOf(mounts: string, groups: string): CpuGroup | undefined {
  const folders = mounts.split('\n').map((line) => line.split(' '))
  const mine = groups.split('\n').map((line) => /^\d+:([^:]*):(.*)$/.exec(line)?.slice(1) ?? [])
  const first = folders.find(([, , type, words = '']) => type === 'cgroup' && words.split(',').includes('cpu'))
  const second = folders.find(([, , type]) => type === 'cgroup2')
  const [, mount] = first ?? second ?? []
  const [, path] =
    mine.find(([controllers = '']) => (first ? controllers.split(',').includes('cpu') : controllers === '')) ?? []
  return mount === undefined || path === undefined ? undefined : { mount, path }
}

const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')

const groupOfThis = () => cpuGroupOf(read('/proc/mounts'), read('/proc/self/cgroup'))

/** Of the first version of groups each but the root shares the processors; of the second, those that have a weight. */
function isShared({ mount, path }: CpuGroup): boolean {
  if (existsSync(join(mount, 'cpu.shares'))) return path !== '/'
  const [, top = ''] = path.split('/')
  return [mount, join(mount, top)].some((folder) => existsSync(join(folder, 'cpu.weight')))
}

/** Whether the kernel shares the processors among sessions, as it does outside of groups (sched(7), autogroup). */
export function isAutogrouped(): boolean {
  const group = groupOfThis()
  const isOn = read('/proc/sys/kernel/sched_autogroup_enabled').trim() === '1'
  return isOn && !(group && isShared(group))
}

/**
 * Takes this process, and all that it starts, to a group of its own, as a service manager or a container does. Outside of one
 * the kernel shares a processor among sessions; each process of PostgreSQL is one, and where a core is full some of them
 * wait for seconds. Does nothing where it may not.
 */
export function leaveAutogroup(): undefined {
  const group = groupOfThis()
  if (group === undefined || !isAutogrouped()) return undefined
  const path = `/jabiru-bench-${process.pid}`
  const folder = join(group.mount, path)
  const enter = (into: string) => writeFileSync(join(into, 'cgroup.procs'), String(process.pid))
  try {
    mkdirSync(folder)
    process.on('exit', () => leave(folder, () => enter(join(group.mount, group.path))))
    if (isShared({ ...group, path })) enter(folder)
  } catch {
    // Not root, or groups are read-only here: isAutogrouped tells so.
  }
  return undefined
}

function leave(folder: string, back: () => void): undefined {
  try {
    back()
    rmdirSync(folder)
  } catch (error) {
    process.stderr.write(`${folder} is left: ${error instanceof Error ? error.message : String(error)}\n`)
  }
  return undefined
}
