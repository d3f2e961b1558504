import { count, GB, HOUR, KB, MB, MINUTE, SECOND, section } from './kinds.ts'

/** What a client, and all of them, may cost. */
export const limits = section('What clients may take.', {
  connections: count(1, 10_000_000, 20_000, 'Connections to one connection manager.'),
  connections_per_address: count(1, 10_000_000, 1_000, 'Connections from one address to one connection manager.'),
  attempts_per_minute: count(
    1,
    10_000_000,
    6_000,
    'Connections that one address may begin within a minute, at one connection manager.',
  ),
  logins_per_second: count(
    1,
    1_000_000,
    300,
    'Connections that may begin to log in within a second, at one connection manager; the others wait for their turn.',
  ),
  cluster_logins_per_second: count(
    1,
    1_000_000,
    2_000,
    'The same at all connection managers together, which share it evenly.',
  ),
  bytes_per_second: count(
    1_000,
    10 * GB,
    100 * MB,
    'What is read of one client in a second; what it sends beyond waits.',
  ),
  recipients_per_minute: count(1, 10_000_000, 5_000, 'Addresses that one client may send to within a minute.'),
  preauth_deadline_ms: count(
    SECOND,
    10 * MINUTE,
    30 * SECOND,
    'Time from connection to login, TLS included. Nothing a client sends extends it.',
  ),
  stanza_bytes_before_auth: count(1_000, 1_000_000, 10_000, 'Largest stanza of a client that has not logged in.'),
  stanza_bytes: count(10_000, 16 * MB, 256 * KB, 'Largest stanza (RFC 6120 §13.12 asks for 10,000 at least).'),
  depth: count(8, 1_000, 64, 'Elements inside each other in one stanza.'),
  attributes: count(8, 1_000, 64, 'Attributes of one element.'),
  children: count(16, 100_000, 1_024, 'Elements directly inside one element.'),
  output_bytes: count(64 * KB, GB, 4 * MB, 'What waits for a client that reads slowly; past it the session is parked.'),
  input_bytes: count(
    64 * KB,
    GB,
    MB,
    'What waits of one client for the owner of its account; past it the client is not read.',
  ),
  lane_bytes: count(
    MB,
    GB,
    16 * MB,
    'What waits of all clients of a partition for its owner; past it none of them is read.',
  ),
  backlog_bytes: count(
    MB,
    100 * GB,
    128 * MB,
    'What waits of all clients of a connection manager for owners; past it none of them is read.',
  ),
  down_bytes: count(
    MB,
    GB,
    16 * MB,
    'What waits at an owner for a connection manager; past it who sends to its clients waits, and presence and typing are shed.',
  ),
  silence_ms: count(
    SECOND,
    24 * HOUR,
    15 * MINUTE,
    'Time without a word after which a client is asked for a sign of life.',
  ),
  silence_grace_ms: count(SECOND, HOUR, 30 * SECOND, 'Time for that sign of life; then the connection is closed.'),
  close_deadline_ms: count(100, 5 * MINUTE, 5 * SECOND, 'Time a closed stream waits for the end of the other side.'),
})
