-- Releases a fill lock, and notifies its waiters if there are any. Replaces redlock's own script and returns the same.
--
-- KEYS  1 the lock's key: '<namespace>:lock:<name>'; `lock.lua` describes its value
--
-- ARGV  1 the holder
--
-- For a second the key says that the lock was released: a process that acquires it meanwhile looks for the entry of this holder.
--
-- Returns the number of released locks.
local held = redis.call('GET', KEYS[1])
local is_waited_for = held == ARGV[1] .. ':w'
if not is_waited_for and held ~= ARGV[1] .. ':' then return 0 end
redis.call('SET', KEYS[1], 'released', 'PX', 1000)
if is_waited_for then
  local _, namespace_end = string.find(KEYS[1], ':lock', 1, true)
  redis.call('PUBLISH', string.sub(KEYS[1], 1, namespace_end) .. ':released', string.sub(KEYS[1], namespace_end + 2))
end
return 1
