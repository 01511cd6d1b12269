-- Adds counts to sums. A sum that is new to a hash with many sums is added under the name that ARGV gives for it instead.
--
-- KEYS  1 the sums since the last reset (hash)  2 the sums of one minute (hash)
--
-- ARGV  1 now, ms  2 maximum of sums since the reset  3 maximum of sums of a minute  4 time to live of a minute's sums, ms
-- 5… name, name among many, count, name, …
redis.call('HSETNX', KEYS[1], 'since', ARGV[1])
for at = 1, 2 do
  local size = redis.call('HLEN', KEYS[at])
  for i = 5, #ARGV, 3 do
    local name = ARGV[i]
    if redis.call('HEXISTS', KEYS[at], name) == 0 then
      if size >= tonumber(ARGV[1 + at]) then name = ARGV[i + 1] else size = size + 1 end
    end
    redis.call('HINCRBY', KEYS[at], name, ARGV[i + 2])
  end
end
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 1
