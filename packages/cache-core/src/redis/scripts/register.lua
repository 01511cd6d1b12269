-- The followers of an epoch.
-- KEYS  1–6 see epoch.lua
-- ARGV  1 the epoch that is asked for
-- Answers { epoch, { follower, 'renewals:applied:lease', … } }. One has an empty name, and is none: see epoch.lua. A follower of a
-- version before this one has no lease in it.
local epoch = current_epoch()
return { int(epoch), redis.call('HGETALL', KEYS[3]) }
