#!/usr/bin/env node
// Runs on any Node from 20 on, with nothing installed: it brings the Node and the packages that Jabiru needs,
// then hands over to services/cli. See launcher/ for each step.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './launcher/child.js'
import { ensureDependencies } from './launcher/dependencies.js'
import { LaunchFault } from './launcher/fault.js'
import { ensureToolchain } from './launcher/toolchain.js'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

try {
  const node = await ensureToolchain(root)
  await ensureDependencies(root, node)
  await run(node, [path.join(root, 'services', 'cli', 'src', 'main.ts'), ...process.argv.slice(2)], root)
} catch (error) {
  if (!(error instanceof LaunchFault)) throw error
  process.stderr.write(`jabiru: ${error.message}\n`)
  process.exitCode = 1
}
