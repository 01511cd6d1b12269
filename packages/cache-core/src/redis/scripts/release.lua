-- Releases a fill lock and notifies its waiters. Replaces redlock's own script and returns the same.
--
-- KEYS  1 the lock's key: '<namespace>:lock:<name>'
--
-- ARGV  1 the value that its holder wrote
--
-- Returns the number of released locks.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
local _, namespace_end = string.find(KEYS[1], ':lock', 1, true)
redis.call('PUBLISH', string.sub(KEYS[1], 1, namespace_end) .. ':released', string.sub(KEYS[1], namespace_end + 2))
return 1
