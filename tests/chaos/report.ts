import type { Outcome } from './run.ts'
import { isFlat } from './soak.ts'
import { isClean } from './verdict.ts'

/** What stands in the JSON of a run. */
export function fieldsOf(outcome: Outcome) {
  return {
    seed: outcome.seed,
    faults: outcome.faults,
    sent: outcome.sent,
    acknowledged: outcome.acknowledged,
    lost: outcome.lost,
    under_two_ids: outcome.under_two_ids,
    twice_in_session: outcome.twice_in_session,
    disordered: outcome.disordered,
    archive_order_differs: outcome.archive_order_differs,
    iq_unanswered: outcome.iq_unanswered,
    iq_answered_twice: outcome.iq_answered_twice,
    presence_wrong: outcome.presence_wrong,
    seen_to_go: outcome.seen_to_go,
    queues_left: outcome.queues_left,
    resumed_per_second: outcome.resumed_per_second,
    ack_ms_p50: outcome.ack_ms_p50,
    ack_ms_p99: outcome.ack_ms_p99,
    longest_silence_ms: outcome.longest_silence_ms,
    longest_hand_over_ms: outcome.longestHandOverMs,
    outage: outcome.outage,
    soaked: outcome.soaked,
  }
}

/** The numbers in a line, what is wrong before it, and what the server said of itself, each thing once. */
export function linesOf(outcome: Outcome): readonly string[] {
  const { faults, outage, soaked = [], ...counts } = fieldsOf(outcome)
  const examples = Object.entries(outcome.examples).flatMap(([name, cases]) => cases.map((one) => `${name}: ${one}`))
  const errors = [...Map.groupBy(outcome.serverErrors, kindOf)].map(
    ([kind, lines]) => `server_errors: ${lines.length} times ${kind}`,
  )
  const numbers = Object.entries({ ...counts, faults: faults.length, ...(outage ? { outage: outage.name } : {}) }).map(
    ([name, value]) => `${name}=${value}`,
  )
  const memory = soaked.length === 0 ? [] : [`memory is ${isFlat(soaked) ? 'flat' : 'NOT FLAT'}`]
  return [...examples, ...errors, ...memory, `${isClean(outcome) ? 'clean' : 'NOT CLEAN'}: ${numbers.join(' ')}`]
}

/** A line of the log without what differs from one to the next. */
function kindOf(line: string): string {
  const [, message = line] = /"event":"([^"]*)"/.exec(line) ?? []
  const [, reason = ''] = /"message":"([^"]*)"/.exec(line) ?? []
  return `${message} ${reason}`.trim().replaceAll(/\d+/g, 'n')
}
