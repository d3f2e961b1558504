import assert from 'node:assert/strict'
import { request as secure } from 'node:https'
import { test } from 'node:test'
import { children, parseElement } from '@jabiru/xml'
import { RawClient } from './testing/client.ts'
import { type House, startHouse } from './testing/house.ts'
import { WebClient } from './testing/web-client.ts'

const WEBSOCKET = 'urn:xmpp:alt-connections:websocket'

/** Over TLS, for whatever certificate. */
function asks({ cm }: House, path: string, host: string, method = 'GET') {
  const { promise, resolve, reject } = Promise.withResolvers<{ status?: number; cors?: string; body: string }>()
  const options = { port: cm.addresses().https, host: '127.0.0.1', rejectUnauthorized: false, agent: false as const }
  secure({ ...options, path, method, headers: { host } }, (answer) => {
    let body = ''
    answer.on('data', (chunk: Buffer) => void (body += chunk.toString()))
    answer.on('end', () => {
      const { statusCode: status, headers } = answer
      const cors = headers['access-control-allow-origin']
      resolve({ body, ...(status === undefined ? {} : { status }), ...(cors === undefined ? {} : { cors }) })
    })
  })
    .on('error', reject)
    .end()
  return promise
}

test('RFC 7395 §4, XEP-0156 §3 host-meta tells where the WebSocket of a domain is', async () => {
  await using house = await startHouse()
  const xrd = await asks(house, '/.well-known/host-meta', 'example.org:5281')
  assert.deepEqual([xrd.status, xrd.cors], [200, '*'])
  const [link] = children(parseElement(xrd.body.replace(/^<\?xml[^>]*>/, ''), ''))
  assert.deepEqual(link?.attrs, { rel: WEBSOCKET, href: 'wss://example.org:5281/ws' })
  const json = await asks(house, '/.well-known/host-meta.json?x', 'localhost')
  assert.deepEqual([json.status, json.cors], [200, '*'])
  assert.deepEqual(JSON.parse(json.body), { links: [{ rel: WEBSOCKET, href: 'wss://localhost/ws' }] })
  const { body, ...head } = await asks(house, '/.well-known/host-meta', 'localhost', 'HEAD')
  assert.deepEqual([body, head], ['', { status: 200, cors: '*' }])
})

test('RFC 7395 §4 what host-meta names on loopback is answered', async () => {
  await using house = await startHouse()
  const { http } = house.cm.addresses()
  const answer = await fetch(`http://localhost:${http}/.well-known/host-meta.json`)
  const [, href = ''] = /"href":"([^"]+)"/.exec(await answer.text()) ?? []
  const client = await WebClient.connect(href)
  assert.match(await client.open().next(), /^<open /)
  client.socket.terminate()
})

const nowhere: readonly (readonly [string, string, string?])[] = [
  ['a host that is not served', 'evil.example'],
  ['a host with a way to another', 'localhost@evil.example'],
  ['a host with a path', 'localhost/x'],
  ['a host that is no name', '-'],
  ['another method', 'localhost', 'POST'],
]
for (const [name, host, method] of nowhere) {
  test(`RFC 7395 §6 host-meta trusts nobody but us: ${name} gets nothing`, async () => {
    await using house = await startHouse()
    for (const path of ['/.well-known/host-meta', '/.well-known/host-meta.json']) {
      const { status, body } = await asks(house, path, host, method)
      assert.deepEqual([status, body], [404, ''])
    }
  })
}

test('RFC 9112 §3.2 host-meta for nobody is nothing', async () => {
  await using house = await startHouse()
  const client = await RawClient.tcp(house.cm.addresses().http ?? 0)
  await client.send('GET /.well-known/host-meta HTTP/1.0\r\n\r\n').until('HTTP/1.1 404')
  client.destroy()
})
