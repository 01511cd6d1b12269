-- Removes a follower from the register.
--
-- KEYS  1–6 see epoch.lua
--
-- ARGV  1 the epoch it is registered in  2 follower  3 the number of its last renewal (empty if it leaves by itself)
--
-- Returns 1 if it was removed; 0 if it has renewed since, or the epoch is another.
local epoch = current_epoch()
local registered = redis.call('HGET', KEYS[3], ARGV[2])
if not registered or tonumber(ARGV[1]) ~= epoch then return 0 end
if ARGV[3] ~= '' and string.match(registered, '^(%d+):') ~= ARGV[3] then return 0 end
return redis.call('HDEL', KEYS[3], ARGV[2])
