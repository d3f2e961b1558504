import { later, type Requirements } from './row.ts'

const HOST_META = later('where the endpoint is found is nothing that a server says yet (XEP-0156)')

/** RFC 7395. */
export const rfc7395: Requirements = {
  doc: 'RFC 7395',
  title: 'WebSocket',
  rows: [
    ['3.1', 'MUST', 'the answer to the handshake names xmpp', '§3 a client logs in, speaks and is spoken to'],
    ['3.1', 'MUST', 'who does not ask for it gets no WebSocket', 'whoever does not ask for xmpp is refused'],
    ['3.2', 'MUST', 'messages are text', 'a binary message ends the connection'],
    ['3.2', 'MUST', 'in UTF-8', 'text that is no UTF-8 ends the connection'],
    ['3.2', 'says', 'they may come in fragments', 'a message may come in fragments'],
    ['3.3.2', 'MUST', '<open/> and <close/> are in the namespace of framing', '§3.6 after <close/> the server closes'],
    ['3.3.2', 'MUST', 'another one ends the stream with invalid-namespace', 'another namespace gets <open/>'],
    ['3.3.3', 'MUST', 'a frame stands on its own', 'namespaces of one frame do not reach the next'],
    ['3.3.3', 'SHOULD NOT', 'we send no declarations', '§3 a client logs in, speaks and is spoken to'],
    ['3.3.3', 'says', 'and take theirs', 'a frame may begin with an XML declaration'],
    ['3.3.3', 'MUST', 'a frame begins with <', 'whitespace first gets <open/>'],
    ['3.3.3', 'MUST', 'a frame has one element', 'two elements gets <open/>'],
    ['3.3.3', 'MUST', 'and the whole of it', 'half an element gets <open/>'],
    ['3.3.3', 'MUST', 'features and errors declare their prefix', '§3.5 an error of an open stream'],
    ['3.4', 'MUST', 'the first message is <open/>', 'a stanza before <open/> gets <open/>'],
    ['3.4', 'MUST', 'it is answered with <open/> or <close/>', 'has the attributes of a stream header'],
    ['3.5', 'MUST', 'an error is a message of its own', 'an error of an open stream is a message of its own'],
    ['3.5', 'MUST', 'at the opening <open/> comes before it', 'a host that is not served gets <open/>'],
    ['3.5', 'MUST', 'and then the connection is closed', 'a host that is not served gets <open/>'],
    ['3.6', 'MUST', 'who closes begins the closing handshake', 'after <close/> the server closes the WebSocket'],
    ['3.6', 'SHOULD', 'a lost WebSocket may be resumed', 'a lost WebSocket may be resumed'],
    ['3.6.1', 'says', 'see-other-uri', later('nobody is sent elsewhere')],
    ['3.7', 'MUST', 'a restart begins with <open/>', 'at a restart no stream is closed'],
    ['3.8', 'MUST NOT', 'no white space keeps a stream alive', 'a silent client is asked by a stanza'],
    ['3.8', 'MUST NOT', 'that of a client ends it', '§3.3.3 a frame of white space'],
    ['3.9', 'MUST', 'TLS lies below', '§3 a client logs in, chats and leaves over'],
    ['3.9', 'MUST NOT', 'and is not offered', '§3 a client logs in, speaks and is spoken to'],
    ['4', 'SHOULD', 'host-meta tells where the endpoint is', HOST_META],
    ['6', 'SHOULD', 'and whom it may be trusted for', HOST_META],
  ],
}
