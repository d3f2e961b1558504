/**
 * One row per side of a message. `peer` is the bare address of the other side; `archived` is false for what is held only
 * until it is confirmed; `offline` marks what a later device is to be given. `delivery` keeps how far an account's devices
 * have confirmed; `token` and `turn` keep a late retry from undoing a later confirmation.
 */
export const sql = `
create table archive (
  owner text not null,
  position bigint not null,
  id text not null,
  peer text not null,
  peer_resource text,
  outgoing boolean not null,
  at timestamptz not null,
  type text not null,
  archived boolean not null,
  offline boolean not null,
  origin_id text,
  stanza text not null,
  primary key (owner, position),
  unique (owner, id)
);
create index archive_peer on archive (owner, peer, position);
create index archive_at on archive (owner, at);
create table delivery (
  owner text primary key,
  watermark bigint not null,
  exceptions bigint[] not null default '{}',
  token bigint not null,
  turn bigint not null
);
`
