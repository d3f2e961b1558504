import { defineFeature, type Feature } from '@jabiru/runtime'

/** What this service speaks on streams themselves, and by which specifications. */
export const features: readonly Feature[] = [
  defineFeature({
    name: 'streams',
    specs: [
      { doc: 'RFC 6120', version: '', status: 'partial', note: 'client-to-server streams' },
      { doc: 'XEP-0077', version: '2.4', status: 'complete' },
      { doc: 'XEP-0115', version: '1.6.0', status: 'partial', note: 'the stream feature' },
      { doc: 'XEP-0170', version: '1.0', status: 'complete' },
      { doc: 'XEP-0368', version: '1.1.0', status: 'partial', note: 'clients; one certificate for all domains' },
      { doc: 'XEP-0440', version: '1.0.0', status: 'complete' },
      { doc: 'RFC 5929', version: '', status: 'partial', note: 'tls-server-end-point, tls-unique' },
      { doc: 'RFC 9266', version: '', status: 'partial', note: 'on TLS 1.3 only' },
    ],
  }),
  defineFeature({
    name: 'management',
    specs: [{ doc: 'XEP-0198', version: '1.6.3', status: 'partial', note: 'the stream; session owns what is resumed' }],
  }),
  defineFeature({
    name: 'websocket',
    specs: [
      { doc: 'RFC 7395', version: '', status: 'partial', note: 'no see-other-uri' },
      { doc: 'XEP-0156', version: '1.4.0', status: 'partial', note: 'WebSocket' },
    ],
  }),
]
