import { defineFeature } from '@jabiru/runtime'
import type { Account, Session } from '../../account.ts'
import { type DeliveryDeps, release } from '../../delivery.ts'
import type { SessionFeature } from '../../feature.ts'

/** What waits is in `delivery.ts`, what may wait in `policy.ts`; the stream feature is the connection manager's. */
export const clientState: SessionFeature = defineFeature({
  name: 'client-state',
  specs: [{ doc: 'XEP-0352', version: '1.0.0', status: 'complete' }],
})

/**
 * XEP-0352 §5: the client is looked at, or not. What has waited goes to it before anything that it asks from now on.
 * `maxBytes` may wait; nothing where it is zero.
 */
export function setClientState(
  egress: DeliveryDeps,
  account: Account,
  session: Session,
  { active, maxBytes }: { readonly active: boolean; readonly maxBytes: number },
): void {
  if (active) {
    release(egress, account, session)
    session.idle = undefined
  } else if (maxBytes > 0) session.idle ??= { maxBytes, waiting: new Map(), bytes: 0 }
}
