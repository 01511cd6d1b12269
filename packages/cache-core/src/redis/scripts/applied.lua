-- Records how far a registered follower has applied the log. Publishes the position if every registered follower has now
-- applied it: JSON of [epoch, position, followers], the numbers as texts. The message proves a receipt, because this script
-- compares the whole register of the epoch in one atomic step. Versions before read the register after any message.
--
-- KEYS  1–6 see epoch.lua
--
-- ARGV  1 known epoch  2 follower  3 the epoch it follows  4 the position it has applied  5 channel
--
-- Returns 1 if it was recorded.
local epoch = current_epoch()
local registered = redis.call('HGET', KEYS[3], ARGV[2])
if not registered or tonumber(ARGV[3]) ~= epoch then return 0 end
local renewals, applied, lease = string.match(registered, '^(%d+):(-?%d+)(.*)$')
local position = tonumber(ARGV[4])
if position < tonumber(applied) then return 0 end -- equal: a renewal has recorded it without a message
redis.call('HSET', KEYS[3], ARGV[2], renewals .. ':' .. int(position) .. lease)
for _, other in ipairs(redis.call('HVALS', KEYS[3])) do
  if tonumber(string.match(other, '^%d+:(-?%d+)')) < position then return 1 end
end
redis.call('PUBLISH', ARGV[5], cjson.encode({ int(epoch), int(position), redis.call('HKEYS', KEYS[3]) }))
return 1
