import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { LaunchFault } from './fault.js'

/**
 * Runs an installer quietly; everything it said is shown when it fails.
 * @param {string} what for the message, "the packages" say
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv }} options
 */
export async function quietly(what, command, args, options) {
  const { output, failure } = await capture(command, args, options)
  if (failure === undefined) return
  process.stderr.write(output)
  throw new LaunchFault(`could not install ${what} (${failure}); what the installer said stands above`)
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ output: string, failure?: string }>}
 */
export function capture(command, args, { cwd, env = process.env }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    /** @type {Buffer[]} */
    const parts = []
    child.stdout.on('data', (part) => parts.push(part))
    child.stderr.on('data', (part) => parts.push(part))
    const done = (/** @type {string | undefined} */ failure) =>
      resolve({ output: Buffer.concat(parts).toString(), ...(failure === undefined ? {} : { failure }) })
    child.on('error', (error) => done(error.message))
    child.on('close', (code, signal) => done(code === 0 ? undefined : `${command} ended with ${signal ?? code}`))
  })
}

/**
 * The environment for npm and pnpm. They keep caches below HOME; where that cannot be written, they get a place in the checkout.
 * @param {string} runtime the .runtime folder
 * @param {string} [bin] a folder to come first on PATH
 * @returns {NodeJS.ProcessEnv}
 */
export function installerEnvironment(runtime, bin) {
  const env = { ...process.env, CI: 'true' }
  if (bin !== undefined) env.PATH = `${bin}${path.delimiter}${process.env.PATH ?? ''}`
  if (hasHome()) return env
  const cache = path.join(runtime, 'cache')
  return {
    ...env,
    npm_config_cache: path.join(cache, 'npm'),
    npm_config_store_dir: path.join(cache, 'store'),
    XDG_CACHE_HOME: cache,
    XDG_CONFIG_HOME: cache,
    XDG_DATA_HOME: cache,
    XDG_STATE_HOME: cache,
  }
}

function hasHome() {
  try {
    accessSync(path.join(homedir(), path.sep), constants.W_OK) // the slash makes it fail for what is no folder
    return true
  } catch {
    return false // none at all, absent or not ours: each means that nothing can be kept there
  }
}
