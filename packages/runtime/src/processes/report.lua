-- Registers a process or renews its report, and forgets processes that have been silent for too long.
--
-- KEYS  1 hash: process → report  2 sorted set: process → last report, ms  3 sorted set: process → first report, ms
--
-- ARGV  1 process  2 report, JSON  3 the time after which a silent process is forgotten, ms
--
-- Returns 1 if the process is new.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, process in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[3], 'LIMIT', 0, 100)) do
  redis.call('HDEL', KEYS[1], process)
  redis.call('ZREM', KEYS[2], process)
  redis.call('ZREM', KEYS[3], process)
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], now, ARGV[1])
return redis.call('ZADD', KEYS[3], 'NX', now, ARGV[1])
