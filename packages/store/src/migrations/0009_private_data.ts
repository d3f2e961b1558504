/** XEP-0049: what clients keep for themselves, by the element that holds it: `xml` is a `<query/>` around all of that name. */
export const sql = `
create table private_data (
  owner text not null,
  ns text not null,
  name text not null,
  xml text not null,
  primary key (owner, ns, name)
);
`
