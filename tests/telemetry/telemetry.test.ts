import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { runCommandLine } from '@jabiru/cli'
import { scratchFolder } from '@jabiru/store/scratch'
import { type Actor, freePorts, type Stage, storiesOf, xml } from '@jabiru/testkit'

const [port] = await freePorts(1)
const env = { JABIRU_TELEMETRY_TRACE_RATIO: '1', JABIRU_LOG_FORMAT: 'json' }
const story = storiesOf({ emptyDatabase: scratchFolder, env })
const measured = storiesOf({ emptyDatabase: scratchFolder, env: { ...env, JABIRU_HEALTH_PORT: String(port) } })

async function metrics(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`)
  assert.equal(response.status, 200)
  return response.text()
}

/** The value of the one series with this name and these labels. */
function valueOf(text: string, series: string): number {
  const line = text.split('\n').find((line) => line.startsWith(`${series} `))
  assert.ok(line !== undefined, `no ${series} in\n${text}`)
  return Number(line.slice(series.length))
}

async function speak(romeo: Actor, juliet: Actor, id: string): Promise<void> {
  await romeo.comesOnline()
  await juliet.comesOnline()
  romeo.sends(xml`<message to="${juliet}" type="chat" id="${id}"><body>By the hour</body></message>`)
  await juliet.receives(xml`<message from="${romeo.phone}" id="${id}"/>`)
}

measured(
  '/metrics counts the stanzas that came and went, and what they cost',
  async ({ romeo, juliet }) => {
    await speak(romeo, juliet, 'm1')
    romeo.sends(xml`<message to="nobody@localhost" type="chat" id="m2"><body>Who?</body></message>`)
    await romeo.receives(xml`<message type="error" id="m2"/>`)
    const text = await metrics()
    assert.equal(valueOf(text, 'jabiru_stanzas_total{kind="message",direction="in"}'), 2)
    assert.equal(valueOf(text, 'jabiru_stanzas_total{kind="message",direction="out"}'), 2)
    assert.equal(valueOf(text, 'jabiru_errors_total{kind="stanza",condition="service-unavailable"}'), 1)
    assert.equal(valueOf(text, 'jabiru_connections'), 2)
    assert.equal(valueOf(text, 'jabiru_sessions'), 2)
    assert.equal(valueOf(text, 'jabiru_lease_changes_total{group="session",change="taken"}'), 256)
    assert.equal(valueOf(text, 'jabiru_redeliveries_total{of="session"}'), 0)
    assert.ok(valueOf(text, 'jabiru_commit_seconds_count') >= 1)
    assert.ok(valueOf(text, 'jabiru_commit_rows_sum') >= 3)
    assert.ok(valueOf(text, 'jabiru_delivery_seconds_count') >= 1)
    assert.ok(valueOf(text, 'jabiru_lane_backlog_bytes{to="session"}') >= 0)
    assert.ok(valueOf(text, 'jabiru_lane_window_envelopes{to="connection-manager"}') >= 0)
  },
  { onlyEmbedded: 'every process has a health port of its own' },
)

const [edge, session] = ['connection-manager', 'session']

story('npx jabiru trace shows the way of a message through every process, and none of its words', async (stage) => {
  const { romeo, juliet, house } = stage
  const id = `m-${romeo.username}`
  await speak(romeo, juliet, id)
  const { head, hops } = await wayOf(stage, id, 6)
  assert.match(head, new RegExp(`^message "${id}", admitted as [\\w-]{22}, trace [0-9a-f]{32}, `))
  assert.deepEqual(hops, [
    `stanza ${edge}`,
    `send ${session}`,
    `commit ${session}`,
    `receive ${session}`,
    `commit ${session}`,
    `deliver ${edge}`,
  ])
  assert.doesNotMatch(house.said(), /By the hour/)
})

story('a request goes through roster and back under its trace', async (stage) => {
  const { romeo } = stage
  await romeo.comesOnline()
  const id = `r-${romeo.username}`
  await romeo.asks(xml`<iq type="get" id="${id}"><query xmlns="jabber:iq:roster"/></iq>`)
  const { hops } = await wayOf(stage, id, 5)
  assert.deepEqual(hops, [`stanza ${edge}`, `send ${session}`, 'own roster', `receive ${session}`, `deliver ${edge}`])
})

story('a presence goes through presence to those who see it, under its trace', async (stage) => {
  const { romeo, juliet } = stage
  await romeo.comesOnline()
  await juliet.comesOnline()
  await romeo.becomesFriendsWith(juliet)
  const id = `p-${romeo.username}`
  romeo.sends(xml`<presence id="${id}"><show>away</show></presence>`)
  await juliet.receives(xml`<presence from="${romeo.phone}"><show>away</show></presence>`)
  const { hops } = await wayOf(stage, id, 5)
  assert.deepEqual(hops.slice(0, 3), [`stanza ${edge}`, `send ${session}`, 'availability presence'])
  const rest = new Set(hops.slice(3))
  assert.deepEqual(rest, new Set([`receive ${session}`, `deliver ${edge}`]))
})

/** The way of a stanza, when so many of its hops have ended: the first does when its sender is told that all is committed. */
async function wayOf({ romeo, house }: Pick<Stage, 'romeo' | 'house'>, id: string, least: number) {
  const ping = xml`<iq to="localhost" type="get"><ping xmlns="urn:xmpp:ping"/></iq>`
  let shown: readonly string[] = []
  while (shown.length <= least || !shown[1]?.includes(' stanza ')) {
    await romeo.asks(ping)
    shown = await way(house.said(), id)
  }
  const [head = '', ...rows] = shown
  return { head, hops: rows.map((row) => row.trim().split(/\s+/).slice(2, 4).join(' ')) }
}

async function way(logs: string, id: string): Promise<readonly string[]> {
  const [lines, nothing]: [string[], () => undefined] = [[], () => undefined]
  const terminal = { env: {}, cwd: '.', home: '.', err: nothing, write: nothing, abort: nothing }
  const out = (line: string) => void lines.push(line)
  await runCommandLine(['trace', id], { ...terminal, out, stdin: Readable.from([logs]) })
  return lines
}
