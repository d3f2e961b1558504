/**
 * XEP-0441: what each account wants archived; without a row everything is. The index serves queries for one resource of a
 * contact, which `archive_peer` would have to look for among all messages of the contact.
 */
export const sql = `
create table archive_preference (
  owner text primary key,
  policy text not null,
  always text[] not null,
  never text[] not null
);
create index archive_peer_resource on archive (owner, peer, peer_resource, position) where archived;
`
