/** When somebody has last logged in to an account. XEP-0133 §4.9. */
export const sql = `
alter table account add column last_login timestamptz;
`
