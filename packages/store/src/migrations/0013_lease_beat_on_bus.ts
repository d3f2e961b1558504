/** Whether who renews its leases is on the bus, where others reach it. A process that does not say so counts as one that is. */
export const sql = `
alter table lease_beat add column on_bus boolean not null default true;
`
