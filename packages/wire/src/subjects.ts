import type { Group, InstanceRef } from './envelope.ts'

/** Major version of what processes say to each other. Within it, fields are only ever added. */
export const WIRE = 'v1'

/** Every subject of the bus. Addresses never stand in a subject: they may hold dots, `*` and `>`. */
export const subjects = {
  /** A partition under one token: what still goes to an older token finds nobody. */
  lane: (group: Group, part: number, token: number) => `${WIRE}.up.${group}.${part}.${token}`,
  /** One connection manager in one life. */
  down: (cm: InstanceRef) => `${WIRE}.down.${cm.id}.${cm.epoch}`,
  /** Acknowledgements and refusals of the streams that an instance sends. */
  acks: (instance: InstanceRef) => `${WIRE}.ack.${instance.id}.${instance.epoch}`,
  /** Owners say which partitions they own, unasked after a change and when asked. */
  owners: (group: Group) => `${WIRE}.owners.${group}`,
  askOwners: (group: Group) => `${WIRE}.owners-ask.${group}`,
  /** Members of a group tell each other that leases have changed. */
  leaseHint: (group: Group) => `${WIRE}.lease-hint.${group}`,
  /** Connection managers say that they live. */
  managers: `${WIRE}.managers`,
  askManagers: `${WIRE}.managers-ask`,
  /** One of them has left, and has no session any more. */
  managersLeft: `${WIRE}.managers-left`,
  /** A read answered by the owner of a partition. */
  read: (group: Group, part: number, token: number) => `${WIRE}.read.${group}.${part}.${token}`,
  /** What each service offers to disco, announced and asked for. */
  features: `${WIRE}.features`,
  askFeatures: `${WIRE}.features-ask`,
  /** What is asked of auth for accounts, and about them, and that a removal which has begun can be finished. */
  accounts: `${WIRE}.accounts`,
  accountQuestions: `${WIRE}.account-questions`,
  removals: `${WIRE}.removals`,
  auth: `${WIRE}.auth`,
  authInstance: (instance: InstanceRef) => `${WIRE}.auth.${instance.id}.${instance.epoch}`,
} as const
