import { once } from 'node:events'
import { get } from 'node:http'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { GenericContainer } from 'testcontainers'
import { freePorts } from '../ports.ts'
import { isHere, type Program } from './binary.ts'
import type { Part } from './part.ts'

// No engine ran where this was written: what is tried is the search for one, not the containers.

/** A part as an image of Docker. */
export interface Image {
  readonly name: string
  readonly port: number
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Says that it takes connections: a line of its output, or a command in the container that succeeds. */
  readonly ready: { readonly line: string } | { readonly command: string }
  /** Where it is, when it is published at that port of 127.0.0.1. */
  readonly url: (port: number) => string
}

/**
 * Starts a part in Docker where its program is not on this machine and an engine answers; undefined where not.
 * Engines are looked for on sockets of this machine only: ports are published on its loopback address.
 */
export async function inDocker(program: Program, image: Image): Promise<Part | undefined> {
  if (isHere(program) || !(await answersAny(socketsOfEngines(), PROBE_MS))) return undefined
  return startContainer(image)
}

const PROBE_MS = 500

/** Where engines listen: of the environment, of the system, of the user, of Docker Desktop. */
export function socketsOfEngines(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const given = env['DOCKER_HOST']
  if (given !== undefined) return given.startsWith('unix://') ? [given.slice('unix://'.length)] : []
  const run = env['XDG_RUNTIME_DIR']
  const ofUser = ['run', 'desktop'].map((folder) => join(homedir(), '.docker', folder, 'docker.sock'))
  return ['/var/run/docker.sock', ...(run === undefined ? [] : [join(run, 'docker.sock')]), ...ofUser]
}

/** Whether an engine answers at one of these sockets within that time; a socket that nobody serves is no engine. */
export async function answersAny(sockets: readonly string[], timeoutMs: number): Promise<boolean> {
  const answers = await Promise.all(sockets.map((socketPath) => answers200(socketPath, timeoutMs)))
  return answers.includes(true)
}

async function answers200(socketPath: string, timeoutMs: number): Promise<boolean> {
  const request = get({ socketPath, path: '/_ping', signal: AbortSignal.timeout(timeoutMs) })
  try {
    const [response] = await once(request, 'response')
    return response.statusCode === 200
  } catch {
    return false // the answer, not a fault
  } finally {
    request.destroy()
  }
}

/** testcontainers ends the container when this process has died, however it died. */
async function startContainer(image: Image): Promise<Part> {
  const { getContainerRuntimeClient } = await import('testcontainers')
  const [port = 0] = await freePorts(1)
  const started = await (await containerOf(image, port)).start()
  const { container: engine } = await getContainerRuntimeClient()
  const container = engine.getById(started.getId())
  const state = async () => (await container.inspect()).State
  const end = async (way: () => Promise<unknown>): Promise<undefined> => {
    if ((await state()).Running) await way()
    return undefined
  }
  return {
    url: image.url(port),
    stop: () => end(() => container.stop()),
    kill: () => end(() => container.kill()),
    restart: async (more = []) => {
      if (more.length > 0) throw new Error(`${image.name} in Docker takes no other words`)
      if ((await state()).Running) throw new Error(`${image.name} is running`)
      await started.restart()
      return undefined
    },
    pause: async () => {
      await container.pause()
      return undefined
    },
    resume: async () => {
      await container.unpause()
      return undefined
    },
    isRunning: async () => (await state()).Running,
    [Symbol.asyncDispose]: async () => {
      if ((await state()).Paused) await container.unpause()
      await container.remove({ force: true, v: true })
    },
  }
}

async function containerOf({ name, ready, command, environment, port: inside }: Image, port: number) {
  const { GenericContainer, Wait } = await import('testcontainers')
  /** The library publishes ports on every address. */
  class OnLoopback extends GenericContainer {
    protected override beforeContainerCreated(): Promise<void> {
      this.hostConfig.PortBindings = { [`${inside}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(port) }] }
      return Promise.resolve()
    }
  }
  const container: GenericContainer = new OnLoopback(name)
  const wait = 'line' in ready ? Wait.forLogMessage(ready.line) : Wait.forSuccessfulCommand(ready.command)
  container.withExposedPorts({ container: inside, host: port }).withWaitStrategy(wait)
  if (environment) container.withEnvironment({ ...environment })
  if (command) container.withCommand([...command])
  return container
}
