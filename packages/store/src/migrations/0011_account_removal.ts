/** Accounts whose removal has begun and is not finished: their names are nobody's until it is. */
export const sql = `
create table account_removal (
  jid text primary key,
  at timestamptz not null default now()
);
`
