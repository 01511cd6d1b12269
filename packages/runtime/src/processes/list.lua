-- Returns the register of processes.
--
-- KEYS  1 hash: process → report  2 sorted set: process → last report, ms  3 sorted set: process → first report, ms
--
-- Returns { now in ms, { process, report, … }, { process, last report, … }, { process, first report, … } } as texts.
local time = redis.call('TIME')
return {
  string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)),
  redis.call('HGETALL', KEYS[1]),
  redis.call('ZRANGE', KEYS[2], 0, -1, 'WITHSCORES'),
  redis.call('ZRANGE', KEYS[3], 0, -1, 'WITHSCORES'),
}
