/** Addresses that an account has blocked: `user@domain`, `domain`, or either with a resource. XEP-0191. */
export const sql = `
create table blocked (
  owner text not null,
  jid text not null,
  primary key (owner, jid)
);
`
