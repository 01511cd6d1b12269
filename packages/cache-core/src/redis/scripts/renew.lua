-- Registers a follower, notes what it has applied, and answers where the log is. Nothing else renews a lease.
-- KEYS  1–6 see epoch.lua
-- ARGV  1 known epoch  2 follower  3 the epoch it follows  4 the position it has applied in it  5 its lease, ms
-- Answers { epoch, head, 1 if the register knew the follower } as texts.
local epoch = current_epoch()
-- Nobody can have applied what is not there: the log lost it.
if tonumber(ARGV[3]) == epoch and tonumber(ARGV[4]) > tonumber(redis.call('HGET', KEYS[1], 'head')) then
  epoch = begin_epoch(epoch)
end
local registered = redis.call('HGET', KEYS[3], ARGV[2])
local applied = tonumber(string.match(registered or '', '^%d+:(-?%d+)') or -1)
if tonumber(ARGV[3]) == epoch then applied = math.max(applied, tonumber(ARGV[4])) end
-- One count over all followers: a number that was seen once never comes back, also for one that was dropped and returns.
local renewals = redis.call('HINCRBY', KEYS[1], 'renewals', 1)
redis.call('HSET', KEYS[3], ARGV[2], int(renewals) .. ':' .. int(applied) .. ':' .. ARGV[5])
return { int(epoch), redis.call('HGET', KEYS[1], 'head'), registered and '1' or '0' }
