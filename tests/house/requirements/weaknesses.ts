import { FEDERATION, type Later, later, type Requirements, type Row } from './row.ts'

const says = (id: string, asks: string, by: string | Later): Row => [id, 'says', asks, by]

const ROOMS = later('with rooms')
const PUBSUB = later('with pubsub')
const UPLOAD = later('with upload')
const CAPS = later('with entity capabilities')
const ADMIN = later('with administration over HTTP')

/** Before and while somebody logs in. */
const LOGIN: readonly Row[] = [
  says(
    'CVE-2021-32918',
    'memory before a login: a stanza too large',
    'RFC 6120 §13.12 a stanza too large ends a stream before',
  ),
  says(
    'CVE-2026-43507',
    'elements, attributes, names or depth without end',
    'RFC 6120 §13.12 … end the stream before and after',
  ),
  says(
    'CVE-2026-43506',
    'what is left of who goes away within a login',
    'RFC 6120 §4.4 wherever in a login a client goes away',
  ),
  says('CVE-2017-18265', 'an end at any byte of a header', 'RFC 6120 §4.4 wherever in a login a client goes away'),
  says(
    'slow streams',
    'a header, a stanza or a handshake that never ends',
    'RFC 6120 §13.12 nothing a client sends before login moves',
  ),
  says('slow streams', 'an HTTP request that never ends', 'RFC 6120 §13.12 … is given up at the deadline'),
  says(
    'slow streams',
    'white space that puts the deadline off',
    'RFC 6120 §13.12 whitespace does not put the deadline off',
  ),
  says('slow streams', 'pings of who has not logged in', 'RFC 6120 §4.9.3.12 a stanza before SASL ends the stream'),
  says(
    'CVE-2014-2744',
    'compression before and after a login',
    'CVE-2014-2744 compression is neither offered nor begun',
  ),
  says('CVE-2014-8760', 'TLS left out by way of compression', 'CVE-2014-2744 compression is neither offered nor begun'),
  says('CVE-2014-2741', 'compression of WebSocket', 'RFC 7692 §5.1 a WebSocket is never compressed'),
  says(
    'CVE-2011-0411',
    'commands slipped in before TLS',
    'RFC 6120 §5.4.3.3 what comes with <starttls/> is never taken',
  ),
  says('CVE-2021-32920', 'renegotiation of TLS', 'RFC 6120 §13.9.5 a client that renegotiates is refused'),
  says('CVE-2013-6169', 'TLS of old', 'RFC 9325 §3.1.1 TLS 1.1 is refused'),
  says('CVE-2018-10847', 'a restart to another host', 'RFC 6120 §4.3.3 a restart may not change the host'),
  says('CVE-2018-10847', 'a restart as somebody else', 'RFC 6120 §4.9.3.9 another identity after SASL'),
  says('CVE-2017-10807', 'a mechanism that is not offered', 'CVE-2017-10807 …, which is not offered, is not there'),
  says('authzid', 'a login as oneself to act as another', 'RFC 6120 §6.3.8 nobody acts as somebody else'),
  says('authzid', 'more NULs than two in PLAIN', 'RFC 4616 §2 three NULs'),
  says('authzid', 'PLAIN that is no UTF-8', 'RFC 4616 §2 UTF-16 in place of UTF-8'),
  says(
    'downgrade',
    'a client that was kept from binding to the channel',
    'RFC 5802 §6 "y" while -PLUS was offered is a downgrade',
  ),
  says('harvesting', 'accounts told from others at a login', 'RFC 6120 §13.9.1 … does not tell an unknown user'),
  says(
    'CVE-2020-8086',
    'the same name on another domain',
    'RFC 6120 §6.3.7 the account is the simple user name on the domain',
  ),
  says('CVE-2021-32921', 'comparisons that tell by their time', 'CVE-2021-32921 keys are compared in constant time'),
  says(
    'weak tokens',
    'ids of streams that can be guessed',
    'RFC 6120 §4.7.3 each response header has an id of its own',
  ),
  says(
    'weak tokens',
    'ids of sessions that can be guessed',
    'XEP-0198 §3 a session is enabled and can be resumed by an id',
  ),
  says('weak tokens', 'resources that can be guessed', 'RFC 6120 §7.6 the server makes a resource that cannot'),
  says(
    'CVE-2025-59154',
    'a name cut out of a certificate: none is asked for',
    'CVE-2017-10807 …, which is not offered',
  ),
]

/** What reads XML, HTTP and addresses. */
const READING: readonly Row[] = [
  says('CVE-2011-1753', 'a billion laughs', 'RFC 6120 §11.1 billion laughs'),
  says('CVE-2022-0217', 'a document type in a frame', 'RFC 7395 §3.5 a document type (CVE-2022-0217)'),
  says('CVE-2022-25236', 'separators in names of namespaces', 'CVE-2022-25236 a line feed in a namespace'),
  says('CVE-2022-25235', 'overlong and broken UTF-8', 'RFC 6120 §11.6 an overlong form'),
  says('CVE-2015-2058', 'broken UTF-8 in addresses', 'RFC 7622 §3.2.1 a lone surrogate has no UTF-8'),
  says('smuggling', 'two parsers that disagree', 'RFC 6120 §11.3 what is read is what another parser reads'),
  says('lookalikes', 'one address in many spellings', 'RFC 7622 §4 an address in … is the same address'),
  says('lookalikes', 'invisible and forbidden characters', 'RFC 7622 §4 what has … is no address'),
  says('slow patterns', 'addresses that take long to refuse', 'RFC 7622 §3.1 no address takes long to be read'),
  says('smuggling', 'two lengths of an HTTP request', 'RFC 9112 §6.3 a request with two lengths'),
  says('smuggling', 'a length and chunks', 'RFC 9112 §6.3 a request with a length and chunks'),
  says('CVE-2023-32315', 'encoded dots in a path', 'RFC 6455 §4.2.1 an upgrade with a path with encoded dots'),
  says('CVE-2016-1231', 'ways out of a folder', 'RFC 6455 §4.2.1 an upgrade with a path with encoded slashes'),
  says('crash', 'a target that is no URL', 'RFC 6455 §4.2.1 an upgrade with a target that is no URL'),
  says('crash', 'a reset where nobody listens', 'RFC 6455 §4.2.1 who resets the connection of a refused upgrade'),
  says('crash', 'stanzas of any kind', 'RFC 6120 §8 whatever stanzas come, requests are answered once'),
  says('crash', 'streams of any kind', 'RFC 6120 §4 whatever a client does, its stream'),
]

/** Who is logged in. */
const SESSIONS: readonly Row[] = [
  says('spoofing', 'a sender who is somebody else', 'RFC 6120 §8.1.2.1 a client cannot speak in the name'),
  says('spoofing', 'ids that only the server gives', 'XEP-0359 §5 nobody but the server gives ids'),
  says('spoofing', 'delays of the server', 'XEP-0203 §5 a delay that claims to be of the server'),
  says('CVE-2017-5589', 'carbons of others', 'CVE-2017-5589 a carbon that somebody else makes'),
  says('CVE-2015-8688', 'roster pushes of others', 'CVE-2015-8688 nobody reads or writes the roster'),
  says('spoofing', 'answers of others', 'RFC 6120 §8.2.3 the first answer of whom was asked is taken'),
  says('CVE-2009-1595', 'the password of somebody else', 'RFC 6120 §13.9.4 an account is not changed by who'),
  says('CVE-2010-0305', 'floods for who does not read', 'RFC 6120 §13.12 what is sent to a client that never reads'),
  says('amplification', 'requests of who never reads the answers', 'RFC 6120 §13.12 one who asks without end'),
  says(
    'amplification',
    'forms, rosters and forwarding without end',
    'RFC 6120 §13.12 … are refused, and nobody else notices',
  ),
  says('amplification', 'presence to any number', 'RFC 6121 §4.6.3 who cannot be reached, and one too many'),
  says(
    'amplification',
    'requests for subscriptions to any number',
    'RFC 6120 §13.12 what is for one recipient too many',
  ),
  says('wrap', 'counters beyond 2^32', 'XEP-0198 §4 the counters go on past 2^32'),
  says('wrap', 'counts of more than was sent', 'XEP-0198 §6 an acknowledgement of more than was sent'),
  says('races', 'two who resume at once', 'XEP-0198 §5 of two attempts to resume'),
  says('races', 'who resumes what is not theirs', 'XEP-0198 §5 an id that nobody knows is not found'),
  says('races', 'management before binding, or twice', 'XEP-0198 §3 enabling twice is refused'),
  says('races', 'who resumes after the password has changed', 'XEP-0198 §5 who resumes has logged in before'),
  says('traces', 'faults of ours told to clients', 'RFC 6120 §4.9.3.8 where our own code fails'),
  says('traces', 'addresses of clients told to others', 'RFC 6120 §13.10.1 where a client connects from'),
]

const WAITING: readonly Row[] = [
  says('CVE-2012-3525', 'answers of dialback that nobody asked for', FEDERATION),
  says('CVE-2016-0756', 'keys of dialback that mean two things', FEDERATION),
  says('CVE-2014-3451', 'certificates of servers that sign themselves', FEDERATION),
  says('CVE-2021-32919', 'dialback without a check', FEDERATION),
  says('CVE-2011-0411', 'what comes before TLS from a server', FEDERATION),
  says('CVE-2021-37601', 'lists of a room read by outsiders', ROOMS),
  says('spoofing', 'ids and roles of occupants', ROOMS),
  says('amplification', 'storms of who enters a room', ROOMS),
  says('CVE-2011-4320', 'publishing without a node', PUBSUB),
  says('CVE-2023-28686', 'events of somebody else', PUBSUB),
  says('injection', 'SQL in paging', 'XEP-0059 §2.2 what is no id of the archive'),
  says('amplification', 'pages without end', 'XEP-0313 §4.3.1 a page is bounded'),
  says('poisoning', 'capabilities that are not those of their hash', CAPS),
  says('CVE-2019-18394', 'requests of ours to addresses of others', UPLOAD),
  says('upload', 'what is put after its time, over its size, or beside its folder', UPLOAD),
  says('CVE-2021-32917', 'a proxy for anybody', later('with SOCKS5 bytestreams')),
  says('CVE-2026-43504', 'a proxy before it is activated', later('with SOCKS5 bytestreams')),
  says('CVE-2020-8086', 'an administrator by the name alone', ADMIN),
  says('CVE-2015-6973', 'scripts and forged requests in a console', ADMIN),
  says('BOSH', 'bodies and sessions of BOSH', later('with BOSH')),
]

/** What servers of this kind fell to, by its number or its kind. */
export const weaknesses: Requirements = {
  doc: 'Weaknesses',
  title: 'known of servers of this kind',
  rows: [...LOGIN, ...READING, ...SESSIONS, ...WAITING],
}
