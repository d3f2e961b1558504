import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { MIGRATIONS } from './migrate.ts'

/** Within one major version a step may only add: processes of the version before go on under the schema that it makes. */
const BREAKING: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['takes something away', /\b(drop|truncate|delete\s+from)\b/],
  ['gives something another name', /\brename\b/],
  ['makes something another type', /\balter\s+(column\s+)?\w+\s+(set\s+data\s+)?type\b/],
  ['asks for what others leave out', /\bset\s+not\s+null\b/],
  [
    'asks for what others leave out',
    /\badd\s+(column\s+)?(if\s+not\s+exists\s+)?(?!constraint)\w+\s(?![^,;]*\bdefault\b)[^,;]*\bnot\s+null\b/,
  ],
  ['refuses what others write', /\badd\s+(constraint\b|check\b|unique\b|primary\b|foreign\b|exclude\b)/],
  ['refuses what others write', /\b(references|create\s+(or\s+replace\s+)?(trigger|rule|policy))\b/],
  ['changes rows under others', /^\s*update\b/m],
]

/** A unique index on a table that is there already refuses what others write. */
function refusesRows(sql: string): boolean {
  const made = new Set([...sql.matchAll(/create\s+table\s+(\w+)/g)].map(([, name]) => name))
  return [...sql.matchAll(/create\s+unique\s+index[^;]*?\son\s+(\w+)/g)].some(([, name]) => !made.has(name))
}

function faultsOf(step: string): readonly string[] {
  const sql = step.toLowerCase()
  const found = BREAKING.filter(([, pattern]) => pattern.test(sql)).map(([what]) => what)
  return refusesRows(sql) ? [...found, 'refuses what others write'] : found
}

void test('every step of the schema only adds', () => {
  const faults = MIGRATIONS.map(faultsOf)
  assert.deepEqual(
    faults,
    MIGRATIONS.map(() => []),
  )
})

const BREAKERS = [
  'drop table account',
  'alter table account drop column last_login',
  'alter table account rename column jid to address',
  'alter table account alter column jid type citext',
  'alter table account alter column last_login set not null',
  'alter table account add column status text not null',
  'alter table account add status text not null, add other text',
  'alter table account add constraint lower check (jid = lower(jid))',
  'create unique index account_last_login on account (last_login)',
  'alter table vcard add foreign key (owner) references account (jid)',
  'delete from last_seen',
  'update account set enabled = true',
]
for (const sql of BREAKERS)
  void test(`no step would pass that says: ${sql}`, () => assert.notDeepEqual(faultsOf(sql), []))

const ADDERS = [
  "alter table account add column status text not null default 'on'",
  'alter table account add column status text',
  'create table status (jid text not null, primary key (jid)); create unique index status_jid on status (jid)',
  'create index account_created on account (created_at)',
]
for (const sql of ADDERS) void test(`a step may say: ${sql}`, () => assert.deepEqual(faultsOf(sql), []))

/** What runs somewhere is not written anew: a change is another step at the end. */
const FROZEN = [
  '3790ccef991313e8',
  'ffd21eae79af0720',
  '9e804f0e371137e5',
  'ee903268bf2b9b2c',
  '35efb24a6f0f9e9d',
  '7839eb660e58a5fd',
  'fc382e7ee6d72a96',
  '7ccc2fb7a9b7ec12',
  '163658b6be5318eb',
  '6e2635f3f64f9752',
  '2a2d102e2a9134b9',
  '07627ed7f5c91ab5',
]

void test('the steps that were there stand as they were', () => {
  const digests = MIGRATIONS.map((sql) => createHash('sha256').update(sql).digest('hex').slice(0, 16))
  assert.deepEqual(digests.slice(0, FROZEN.length), FROZEN)
})
