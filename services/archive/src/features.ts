import { NS_MAM, NS_RSM } from '@jabiru/protocol'
import { defineFeature, type Feature } from '@jabiru/runtime'

/** A feature of this service: it is listed for each account, whose archive it is (XEP-0313 §7). */
interface ArchiveFeature extends Feature {
  readonly accountDisco: readonly string[]
}

export const FEATURES: readonly ArchiveFeature[] = [
  defineFeature({
    name: 'archive',
    specs: [
      { doc: 'XEP-0313', version: '1.1.3', status: 'partial', note: 'archives of accounts, without groupchat' },
      {
        doc: 'XEP-0059',
        version: '1.0',
        status: 'partial',
        note: 'in the archive, without pages by index; counts up to 10,000',
      },
      { doc: 'XEP-0297', version: '1.0', status: 'complete' },
    ],
    accountDisco: [NS_MAM, `${NS_MAM}#extended`, `${NS_MAM}#groupchat-field`, NS_RSM],
  }),
  defineFeature({
    name: 'archive-preferences',
    specs: [{ doc: 'XEP-0441', version: '0.2.0', status: 'complete' }],
    accountDisco: [],
  }),
]
