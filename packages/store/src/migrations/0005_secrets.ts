/** What every process of a cluster must know alike and nobody else may: random bytes under a name, made by whoever comes first. */
export const sql = `
create table secret (
  name text primary key,
  value text not null
);
`
