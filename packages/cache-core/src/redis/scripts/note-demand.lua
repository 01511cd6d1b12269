-- Adds reads to the demand of keys. A score is the base-2 logarithm of reads that halve with each half-life (forward
-- decay: Cormode et al., ICDE 2009), so no sweep is needed and old scores compare with new ones.
--
-- KEYS  1 reads (sorted set: key, score)  2 load times (hash: key, ms)  3 recipes (hash: key, recipe)
--
-- ARGV  1 now, in half-lives  2 maximum of keys  3 time to live, ms  4 score, relative to now, below which a key is
-- forgotten  5… key, reads, load time, recipe, key, …
local now = tonumber(ARGV[1])
for i = 5, #ARGV, 4 do
  local score = now + math.log(tonumber(ARGV[i + 1])) / math.log(2)
  local before = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[i]) or '-inf')
  local high, low = math.max(score, before), math.min(score, before)
  redis.call('ZADD', KEYS[1], high + math.log(1 + 2 ^ (low - high)) / math.log(2), ARGV[i])
  redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 2])
  redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 3])
end
-- A recipe contains an input, which must not be kept longer than it is useful: all keys share one time to live, which
-- each report renews.
local faded = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. (now + tonumber(ARGV[4])))
local forget = math.max(math.min(faded, 500), redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[2]))
if forget > 0 then
  local coldest = redis.call('ZPOPMIN', KEYS[1], forget)
  for i = 1, #coldest, 2 do
    redis.call('HDEL', KEYS[2], coldest[i])
    redis.call('HDEL', KEYS[3], coldest[i])
  end
end
for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], ARGV[3]) end
return 1
