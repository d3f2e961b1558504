/** Who has an account. `credentials` holds what the SASL mechanisms need, never the password. */
export const sql = `
create table account (
  jid text primary key,
  credentials jsonb not null,
  enabled boolean not null default true,
  created_at timestamptz not null default now()
);
`
