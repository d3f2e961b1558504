/** When an account last had an available device, and with which status. XEP-0012. */
export const sql = `
create table last_seen (
  owner text primary key,
  at timestamptz not null,
  status text not null
);
`
