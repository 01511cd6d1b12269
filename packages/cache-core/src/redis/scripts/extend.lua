-- Extends a fill lock, and keeps the mark of its waiters. Replaces redlock's own script and returns the same.
--
-- KEYS  1 the lock's key: '<namespace>:lock:<name>'
--
-- ARGV  1 the holder
--       2 the lifetime of the lock from now on, in ms
--
-- Returns the number of extended locks.
local held = redis.call('GET', KEYS[1])
if held ~= ARGV[1] .. ':' and held ~= ARGV[1] .. ':w' then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
