-- Registers a follower, records the position that it has applied, and returns the head of the log. No other script renews
-- a lease.
--
-- KEYS  1–6 see epoch.lua
--
-- ARGV  1 known epoch  2 follower  3 the epoch it follows  4 the position it has applied in it  5 its lease, ms
--
-- Returns { epoch, head, 1 if the register knew the follower } as texts.
local epoch = current_epoch()
-- A follower cannot have applied a position above the head: the log lost records.
if tonumber(ARGV[3]) == epoch and tonumber(ARGV[4]) > tonumber(redis.call('HGET', KEYS[1], 'head')) then
  epoch = begin_epoch(epoch)
end
local registered = redis.call('HGET', KEYS[3], ARGV[2])
local applied = tonumber(string.match(registered or '', '^%d+:(-?%d+)') or -1)
if tonumber(ARGV[3]) == epoch then applied = math.max(applied, tonumber(ARGV[4])) end
-- One counter for all followers: a number never repeats, even for a follower that was dropped and registers again.
local renewals = redis.call('HINCRBY', KEYS[1], 'renewals', 1)
redis.call('HSET', KEYS[3], ARGV[2], int(renewals) .. ':' .. int(applied) .. ':' .. ARGV[5])
return { int(epoch), redis.call('HGET', KEYS[1], 'head'), registered and '1' or '0' }
