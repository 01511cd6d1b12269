-- Gives a fill lock back, and says so to those who wait for it. In place of redlock's own script, and answers as that does.
-- KEYS  1 the lock's key: '<namespace>:lock:<name>'
-- ARGV  1 the value that its holder wrote
-- Answers how many locks were given back.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
local _, namespace_end = string.find(KEYS[1], ':lock', 1, true)
redis.call('PUBLISH', string.sub(KEYS[1], 1, namespace_end) .. ':released', string.sub(KEYS[1], namespace_end + 2))
return 1
