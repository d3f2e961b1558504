/**
 * What the time to live of a lease means, in parts of it. An owner acts for `acts` after it has sent a renewal; another may
 * take over when it has seen the renewal counter stand still for `standsStill`, each by its own monotonic clock. What lies
 * between is for the difference of their clocks: one may run faster than the other by an eighth (chrony slews by a twelfth at
 * most). Up to a `look` passes until the last renewal is seen; so a dead owner is replaced within `standsStill + look`.
 */
export const timing = {
  /** Between two rounds. */
  look: 1 / 5,
  acts: 4 / 5,
  standsStill: 9 / 10,
  /** Who was not heard for so long gets no share of what is free: it may be dead. */
  unheard: 1 / 2,
  /** Who has been off the bus for so long, while others were on it, gives up what it has. */
  cutOff: 1,
  /** A renewal without an answer for so long is given up: a lost answer costs less than the lease. */
  answered: 2 / 5,
  /** After a renewal that failed, where the leases have no longer left than another one may take. */
  hurries: 1 / 20,
  /** What is free and was left to others for so long is taken by whoever sees it. */
  left: 1 / 20,
} as const

/** At most this part of all partitions is given up by one member between two rounds for the sake of balance. */
export const MOVED_AT_ONCE = 1 / 16
