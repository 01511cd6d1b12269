-- Appends one invalidation, once per event.
-- KEYS  1–4 see epoch.lua  5 the event's own key
-- ARGV  1 known epoch  2 mode ('invalidate' or 'expire')  3 how long the event's id is kept, ms  4 most records kept
--       5 most selectors kept  6… selectors
-- Answers { epoch, position } as texts.
local epoch = current_epoch()
local before = redis.call('GET', KEYS[5])
if before then
  local at_epoch, at_position = string.match(before, '^(%d+)-(%d+)$')
  if tonumber(at_epoch) == epoch then return { at_epoch, at_position } end
end

local position = redis.call('HINCRBY', KEYS[1], 'head', 1)
local id = int(epoch) .. '-' .. int(position)
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], id, 'm', ARGV[2], 's', cjson.encode({ unpack(ARGV, 6) }))
for i = 6, #ARGV do redis.call('ZADD', KEYS[4], position, ARGV[2] .. ' ' .. ARGV[i]) end

-- What the index forgets raises the floor: nothing is known of hits at or below it.
local forget = redis.call('ZCARD', KEYS[4]) - tonumber(ARGV[5])
if forget > 0 then
  local oldest = redis.call('ZPOPMIN', KEYS[4], forget)
  redis.call('HSET', KEYS[1], 'floor', oldest[#oldest])
end
redis.call('SET', KEYS[5], id, 'PX', ARGV[3])
return { int(epoch), int(position) }
