// `node --import <this>`: a process that says more over the bus than is known today, as a later version will.
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { spliced } from '../../chaos/splicing/splice.ts'
import { grown } from './grown.ts'

const ROOT = join(import.meta.dirname, '../../..')
const file = 'packages/bus/src/nats.ts'
const target = pathToFileURL(join(ROOT, file)).href

const SPLICES = [
  {
    file,
    find: 'connection.publish(subject, payload)',
    put: 'connection.publish(subject, globalThis.grown(subject, payload))',
  },
  {
    file,
    find: 'connection.request(subject, payload,',
    put: 'connection.request(subject, globalThis.grown(subject, payload),',
  },
  { file, find: 'message.respond(answer)', put: 'message.respond(globalThis.grown(subject, answer))' },
]

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context)
    if (url !== target || loaded.source === undefined || loaded.source === null) return loaded
    const text = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
    return { ...loaded, source: spliced(text, SPLICES) }
  },
})

Object.assign(globalThis, { grown })
