-- Charges a budget that refills with time. A missing key is a full budget.
-- KEYS  1 hash: left (ms of the origin's time), at (ms, by this server's clock)
-- ARGV  1 share (ms of the origin's time per ms, above 0)  2 capacity in ms  3 spent, in ms; 0 only reads
-- Returns { the rest of the budget in ms, now in ms }, as text with three decimals.
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local share, most, spent = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local held = redis.call('HMGET', KEYS[1], 'left', 'at')
local left = most
if held[1] and held[2] then
  left = math.min(most, tonumber(held[1]) + math.max(0, now - tonumber(held[2])) * share)
end
left = left - spent
redis.call('HSET', KEYS[1], 'left', string.format('%.3f', left), 'at', string.format('%.3f', now))
-- The budget is full again by then.
redis.call('PEXPIRE', KEYS[1], 1000 + math.ceil((most - left) / share))
return { string.format('%.3f', left), string.format('%.3f', now) }
