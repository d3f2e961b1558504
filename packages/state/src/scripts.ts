/**
 * What Redis runs, each script as one atomic step. KEYS[1] is always the partition's fence, which holds the highest token
 * seen; ARGV[1] is the prefix of the partition's keys and ARGV[2] the writer's token.
 *
 * Keys of a partition, all in one hash slot:
 *   <prefix>:fence              the token
 *   <prefix>:row:<id>           hash: manager, generation, value; expires
 *   <prefix>:account:<account>  set of ids; an index, cleaned as it is read
 *   <prefix>:manager:<manager>  set of ids; likewise
 *   <prefix>:document:<key>     string; expires
 */
const FENCED = `
local prefix, token = ARGV[1], ARGV[2]
local known = redis.call('GET', KEYS[1])
if not known then return 'unknown' end
if tonumber(token) < tonumber(known) then return 'fenced' end
if tonumber(token) > tonumber(known) then redis.call('SET', KEYS[1], token) end
-- An index lives as long as its longest row.
local function outlive(key, ttl)
  if redis.call('PTTL', key) < tonumber(ttl) then redis.call('PEXPIRE', key, ttl) end
end
`

/** Makes a token known that the leases vouch for. ARGV: token. */
export const RAISE = `
local known = redis.call('GET', KEYS[1])
if not known or tonumber(known) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1]) end
return 'written'
`

/** ARGV: prefix, token, ttl, account, id, manager, generation, value. */
export const PUT = `${FENCED}
local ttl, account, id, manager = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local row = prefix .. ':row:' .. id
local before = redis.call('HGET', row, 'manager')
if before and before ~= manager then redis.call('SREM', prefix .. ':manager:' .. before, id) end
redis.call('HSET', row, 'manager', manager, 'generation', ARGV[7], 'value', ARGV[8])
redis.call('PEXPIRE', row, ttl)
for _, index in ipairs({ prefix .. ':account:' .. account, prefix .. ':manager:' .. manager }) do
  redis.call('SADD', index, id)
  outlive(index, ttl)
end
return 'written'
`

/** ARGV: prefix, token, account, id, manager, generation. */
export const REMOVE = `${FENCED}
local account, id, manager, generation = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local row = prefix .. ':row:' .. id
local held = redis.call('HMGET', row, 'manager', 'generation')
if held[1] ~= manager or held[2] ~= generation then return 'kept' end
redis.call('DEL', row)
redis.call('SREM', prefix .. ':account:' .. account, id)
redis.call('SREM', prefix .. ':manager:' .. manager, id)
return 'removed'
`

/** ARGV: prefix, token, ttl, then account and id of each row. Returns the places of those that are gone. */
export const REFRESH = `${FENCED}
local ttl, gone = ARGV[3], {}
for i = 4, #ARGV, 2 do
  local account, id = ARGV[i], ARGV[i + 1]
  local row = prefix .. ':row:' .. id
  local manager = redis.call('HGET', row, 'manager')
  if manager then
    redis.call('PEXPIRE', row, ttl)
    outlive(prefix .. ':account:' .. account, ttl)
    outlive(prefix .. ':manager:' .. manager, ttl)
  else
    gone[#gone + 1] = (i - 4) / 2
  end
end
return gone
`

/** KEYS[1] is an index. ARGV: prefix. Returns id, manager, generation and value of each row, and forgets ids without one. */
export const ROWS = `
local found = {}
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local row = redis.call('HMGET', ARGV[1] .. ':row:' .. id, 'manager', 'generation', 'value')
  if row[1] then
    for _, text in ipairs({ id, row[1], row[2], row[3] }) do found[#found + 1] = text end
  else
    redis.call('SREM', KEYS[1], id)
  end
end
return found
`

/** ARGV: prefix, token, ttl, then key, '1' or '0' for whether there is a value, and value of each document. */
export const MIRROR = `${FENCED}
for i = 4, #ARGV, 3 do
  local key = prefix .. ':document:' .. ARGV[i]
  if ARGV[i + 1] == '1' then redis.call('SET', key, ARGV[i + 2], 'PX', ARGV[3]) else redis.call('DEL', key) end
end
return 'written'
`

/** KEYS[1] is the counter. ARGV: window. */
export const COUNT = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count
`

/** All of them, to be loaded on each connection. */
export const ALL = [RAISE, PUT, REMOVE, REFRESH, ROWS, MIRROR, COUNT] as const
