/** RFC 6121 §2: contacts and their version, and subscription requests that wait for an answer (§3.1.3). */
export const sql = `
create table roster_item (
  owner text not null,
  contact text not null,
  name text,
  subscription text not null,
  ask boolean not null,
  approved boolean not null,
  groups text[] not null,
  ver bigint not null,
  primary key (owner, contact)
);
create table roster_version (
  owner text primary key,
  ver bigint not null
);
create table roster_request (
  owner text not null,
  contact text not null,
  stanza text not null,
  at timestamptz not null,
  primary key (owner, contact)
);
`
