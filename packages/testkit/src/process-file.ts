import { readFileSync } from 'node:fs'
import { isCode } from '@jabiru/runtime'

/** A file of a process, proc(5). Undefined of one that has ended, which may be between opening it and reading it, and without a /proc. */
export function processFile(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ESRCH')) return undefined
    throw error
  }
}
