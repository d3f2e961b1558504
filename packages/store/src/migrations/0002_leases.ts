/**
 * Who owns which partition of which group of services, and the renewal counter of each owner. The counter stands apart so
 * that a renewal never waits for the writers that hold lease rows for share.
 */
export const sql = `
create table lease (
  service text not null,
  part int not null,
  owner text,
  token bigint not null,
  primary key (service, part)
);
create table lease_beat (
  service text not null,
  owner text not null,
  beat bigint not null,
  primary key (service, owner)
);
`
