-- Returns the followers of an epoch.
--
-- KEYS  1–6 see epoch.lua
--
-- ARGV  1 the requested epoch
--
-- Returns { epoch, { follower, 'renewals:applied:lease', … } }. The entry with an empty name is not a follower: see
-- epoch.lua. A follower of an earlier version has no lease in it.
local epoch = current_epoch()
return { int(epoch), redis.call('HGETALL', KEYS[3]) }
