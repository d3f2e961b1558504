/** XEP-0054: what an account says of itself to anybody, as XML. */
export const sql = `
create table vcard (
  owner text primary key,
  xml text not null
);
`
