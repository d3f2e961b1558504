import type { Machine } from '../machine.ts'
import type { Micro } from '../micro/rounds.ts'
import { microTable } from '../micro/table.ts'
import { goalsTable } from './goals.ts'
import { heldCounts, heldTable } from './held.ts'
import { leastRuns, MOST_GENERATOR, type Row } from './rows.ts'
import { tableOf } from './table.ts'
import { triedTable } from './tried.ts'

/** How the figures were taken. */
export interface Manner {
  readonly seconds: number
  readonly pinned: boolean
}

/** What the page tells. */
interface Told {
  readonly rows: readonly Row[]
  readonly micro: readonly Micro[]
  /** Those of an earlier run, against which these are held. */
  readonly before?: readonly Row[] | undefined
}

/** The page of docs that holds the tables. */
export function pageOf({ rows, micro, before }: Told, machine: Machine, { seconds, pinned }: Manner): string {
  const { date, processor, cores, gigabytes, versions, sharing } = machine
  const place = pinned
    ? 'The server with its database and bus has core 0, the load generator core 1.'
    : 'The server and the load generator share all cores.'
  return `# Benchmarks

Written by \`npm run bench\`; do not edit. ${date}: ${cores} cores of ${processor}, ${gigabytes} GB; ${versions.join(', ')}.

${place} ${sharing} Medians of at least ${leastRuns(rows)} runs of ${seconds} s, least and most in parentheses; within a workload the servers take turns. CPU-seconds
are those of all processes of a server, its database and bus included, and so is memory (proportional set size: what several processes
share, as PostgreSQL's do their buffers, counts once). A row in which the generator used more than
${MOST_GENERATOR * 100}% of its core at any time is invalid.

All servers have the same certificate (ECDSA P-256), TLS 1.3 with a full handshake for each login, SCRAM-SHA-256, XEP-0198, and no limits that a crowd would
meet which comes at once and from one address; clients ask for an acknowledgement after every tenth message. W1 and W3 archive both sides of every message in PostgreSQL, with
\`fsync\` on; each message is looked for in the end. W2's messages carry XEP-0334's \`<no-store/>\`. Jabiru keeps everything in PostgreSQL
(\`embedded\`: one process; \`cluster\`: two connection managers and two of each service, NATS, Redis) or in its own database (\`pglite\`);
the others keep what is no archive in a store of their own. W5-proxied comes as from a
TLS terminator, without TLS. W8 is a room whose five writers have two messages each under way; each occupant's
copy is a delivery, and nobody keeps any. The relay speaks no XMPP: it is what the platform's sockets can do.

${tableOf(rows)}

## Goals

Those of ours that were measured, by the medians above, and where one is not reached what is in the way.

${goalsTable(rows)}

## Tried

What looked as if it would move one of them, in turn with what was before:

${triedTable()}
${before === undefined ? '' : heldSection(rows, before)}${micro.length === 0 ? '' : microSection(micro)}`
}

function heldSection(rows: readonly Row[], before: readonly Row[]): string {
  const { figures, ratios } = heldCounts(rows, before)
  return `
## Against an earlier run

The figures by which servers are compared, in an earlier run and in this one (\`--against\`): messages, logins or reads a second, W3's p99 in ms, W5's KB.
${figures.held} of ${figures.of} have held: what the runs of one gave overlaps with what those of the other gave. Of three runs and three others of the same
thing that is so nine times in ten, by chance. A shared machine has slow hours for all servers alike: how many times better a figure
is than that of the better peer in the same round has held for ${ratios.held} of ${ratios.of}.

${heldTable(rows, before)}
`
}

const microSection = (micro: readonly Micro[]): string => `
## Hot parts alone

\`npm run bench -- --micro\` repeats each until it gets no faster, then measures it in rounds. CPU time of one operation is that of the
whole process, the collector and the optimiser included: the median of the rounds, the least and the most. Bytes are those allocated
on the heap, about. The last column is what one core could do of it and of nothing else.

${microTable(micro)}
`
