-- Returns the last position that hit each selector.
--
-- KEYS  1–6 see epoch.lua
--
-- ARGV  1 known epoch
--
-- Returns { epoch, head, floor, { selector, position, … }, { scoped selector, position, … }, { key’s selector, position,
-- … } } as texts; selectors include their mode.
local epoch = current_epoch()
local record = redis.call('HMGET', KEYS[1], 'head', 'floor')
return {
  int(epoch),
  record[1],
  record[2],
  redis.call('ZRANGE', KEYS[4], 0, -1, 'WITHSCORES'),
  redis.call('ZRANGE', KEYS[5], 0, -1, 'WITHSCORES'),
  redis.call('ZRANGE', KEYS[6], 0, -1, 'WITHSCORES'),
}
