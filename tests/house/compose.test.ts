import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadConfig } from '@jabiru/runtime/config'
import { SERVICES } from '@jabiru/standalone'
import { readCompose } from './compose.ts'
import { ROOT } from './source.ts'

const containers = readCompose()
const ours = containers.filter((one) => one.ours)
const others = containers.filter((one) => !one.ours)
const NOWHERE = join(ROOT, 'no-such-folder')

void test('docker-compose.yml runs every service in two containers at least, and none that there is not', () => {
  const known: readonly string[] = SERVICES
  const counts = new Map(known.map((name) => [name, 0]))
  for (const { name, command } of ours) {
    const [verb, ...services] = command
    assert.equal(verb, 'run', name)
    for (const service of services) {
      assert.ok(known.includes(service), `${name} runs '${service}', which is no service`)
      counts.set(service, (counts.get(service) ?? 0) + 1)
    }
  }
  for (const [service, count] of counts) assert.ok(count >= 2, `${service} runs in ${count} containers`)
})

void test('its settings are ones that the server takes', () => {
  for (const { name, env } of ours) {
    const { config, unserved } = loadConfig({ env, cwd: NOWHERE, home: NOWHERE })
    assert.deepEqual(unserved, [], name)
    assert.equal(config.listen, '0.0.0.0', `${name} answers nobody outside of its container`)
    for (const engine of [config.nats, config.redis, config.postgres]) assert.ok(engine.url !== undefined, name)
  }
})

void test('a URL names a container, whose health is waited for', () => {
  for (const { name, env, waitsFor } of ours) {
    const hosts = Object.values(env).flatMap((text) => (URL.canParse(text) ? [new URL(text).hostname] : []))
    assert.equal(hosts.length, 3, name)
    for (const host of hosts) assert.equal(waitsFor[host], 'service_healthy', `${name} waits for ${host}`)
  }
  for (const { name, hasHealthcheck } of others) assert.ok(hasHealthcheck, `${name} has no health check`)
})

void test('ports are published on loopback, each once', () => {
  const published = containers.flatMap(({ ports }) => ports)
  for (const port of published) assert.match(port, /^127\.0\.0\.1:\d+:\d+$/)
  const taken = published.map((port) => port.split(':')[1])
  assert.deepEqual(taken, [...new Set(taken)])
})

void test('the image starts the command line, with the Node and the pnpm of the launcher', () => {
  const launcher = readFileSync(join(ROOT, 'bin/launcher/toolchain.js'), 'utf8')
  const child = readFileSync(join(ROOT, 'bin/launcher/child.js'), 'utf8')
  const majorOf = (name: string) => new RegExp(`const ${name}_MAJOR = (\\d+)`).exec(launcher)?.[1] ?? 'none'
  for (const file of new Set(ours.map(({ dockerfile }) => dockerfile ?? ''))) {
    const text = readFileSync(file, 'utf8')
    const bases = [...text.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)
    assert.deepEqual([...new Set(bases)], [`node:${majorOf('NODE')}-slim`])
    assert.ok(text.includes(`npm install --global pnpm@${majorOf('PNPM')}\n`))
    const main = /^ENTRYPOINT \["node", "([^"]+)"\]$/m.exec(text)?.[1] ?? ''
    assert.ok(existsSync(join(ROOT, main)), `there is no ${main}`)
    assert.match(text, /^USER node$/m)
    const room = /'(--max-semi-space-size=\d+)'/.exec(child)?.[1] ?? 'none'
    assert.ok(text.includes(`NODE_OPTIONS=${room} `), `the launcher runs it with ${room}`)
    const env = Object.fromEntries(
      [...text.matchAll(/(JABIRU_\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
    )
    const { config } = loadConfig({ env, cwd: NOWHERE, home: NOWHERE })
    assert.match(text, new RegExp(`http://127\\.0\\.0\\.1:${config.health.port}/readyz`))
  }
})
