import { type Key, type Section, sections } from './keys.ts'
import { UNSERVED } from './schema.ts'
import { expectation } from './value.ts'

const INTRO = `# Configuration

Written by \`npx jabiru config docs\` from the schema; do not edit.

Every key can be set in \`jabiru.yaml\` and by an environment variable; the environment wins. The file is the first of:
\`--config <file>\`, \`JABIRU_CONFIG\`, \`jabiru.yaml\` in the working folder, in the checkout, in the data folder. Units stand in the
names (\`_ms\`, \`_bytes\`). Lists are YAML lists or comma-separated. An empty variable counts as not set. What is wrong or unknown stops
the start, with the line it stands on; \`npx jabiru config check\` says so without starting. A relative path starts at the folder of
the file it is written in, at the working folder when it comes from the environment, and at the checkout when it is a default.

Keys marked *secret* are never printed. They can also be read from a file: set the variable with \`_FILE\` at its end to the file's path.
Keys marked *no effect yet* have their name for what is still to come.
`

/** The operator's page, written from the schema. */
export function configDocs(): string {
  return [INTRO, ...sections.map(sectionPage)].join('\n')
}

function sectionPage({ name, description, keys }: Section): string {
  const head = name === '' ? ['## General'] : [`## \`${name}\``, '', description]
  const table = [
    '| key | default | takes | environment | meaning |',
    '| --- | --- | --- | --- | --- |',
    ...keys.map(row),
  ]
  return `${[...head, '', ...table].join('\n')}\n`
}

function row({ name, variable, schema }: Key): string {
  const marks = [
    ...(schema.secret === true ? ['*secret*'] : []),
    ...(UNSERVED.includes(name) ? ['*no effect yet*'] : []),
  ]
  const meaning = [schema.description, ...marks].join(' ')
  return `| \`${name}\` | ${shown(schema.default)} | ${expectation(schema)} | \`${variable}\` | ${meaning} |`
}

function shown(value: unknown): string {
  if (value === undefined) return '-'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : `\`${value.join(',')}\``
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}
