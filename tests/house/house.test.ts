import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clocks, doors, words } from './doors.ts'
import { circle, layers } from './layers.ts'
import { readManifests, undeclared, unused } from './manifest.ts'
import { size } from './size.ts'
import { type Finding, ROOT, readHouse, report } from './source.ts'

const house = readHouse()
const manifests = readManifests(ROOT)
const services = new Set(
  manifests.filter((m) => m.folder.startsWith('services/')).map((m) => m.name.replace('@jabiru/', '')),
)

function clean(findings: readonly Finding[]) {
  assert.equal(findings.length, 0, `\n${report(findings)}`)
}

void test('the house is read: packages, services and tests are there', () => {
  for (const folder of ['packages/xml/', 'services/cli/', 'tests/house/']) {
    assert.ok(
      house.some((file) => file.path.startsWith(folder)),
      `no file of ${folder} was read from ${ROOT}`,
    )
  }
})

void test('imports go down: packages know no service, services know no other service', () => {
  clean(layers(house, services))
})

void test('the declared dependencies form no circle', () => {
  const graph = new Map(manifests.map((m) => [m.name, m.dependencies]))
  const found = circle(graph)
  assert.equal(found, undefined, `a circle: ${found?.join(' → ')}`)
})

void test('third parties come in through one door', () => {
  clean(doors(house))
})

void test('environment, exit, clocks and console have their place', () => {
  clean([...words(house), ...clocks(house)])
})

void test('what is used is declared', () => {
  clean(undeclared(house, manifests))
})

void test('what is declared is used', () => {
  clean(unused(house, manifests))
})

void test('a file of more than 250 code lines gives a reason', () => {
  clean(size(house))
})
