-- Acquires a fill lock, or notes that a process waits for its release.
--
-- KEYS  1 the lock's key: '<namespace>:lock:<name>'
--
-- ARGV  1 the holder, a random text without a colon
--       2 the lifetime of the lock, in ms
--
-- The value of the key is '<holder>:', or '<holder>:w' once a process waits, or 'released' for a second after the release. A holder
-- of an earlier version writes '<holder>'. It notifies in any case, so its value stays as it is.
--
-- Returns 2 if the lock is acquired and no process has released it during the last second, 1 if it is acquired otherwise, 0 if
-- another process holds it.
local held = redis.call('GET', KEYS[1])
if held and held ~= 'released' then
  if string.sub(held, -1) == ':' then redis.call('APPEND', KEYS[1], 'w') end
  return 0
end
redis.call('SET', KEYS[1], ARGV[1] .. ':', 'PX', ARGV[2])
return held and 1 or 2
