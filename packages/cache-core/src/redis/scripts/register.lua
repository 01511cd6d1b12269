-- The followers of an epoch.
-- KEYS  1–6 see epoch.lua
-- ARGV  1 the epoch that is asked for
-- Answers { epoch, { follower, 'renewals:applied', … } }.
local epoch = current_epoch()
return { int(epoch), redis.call('HGETALL', KEYS[3]) }
