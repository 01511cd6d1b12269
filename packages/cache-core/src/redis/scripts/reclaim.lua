-- Removes an entry that was loaded before a stamp. An envelope's bytes: see envelope/envelope.ts.
-- KEYS  1 the entry's key
-- ARGV  1 epoch  2 position
-- Answers 1 if it was removed; what is no entry stays.
if redis.call('TYPE', KEYS[1]).ok ~= 'string' then return 0 end
local header = redis.call('GETRANGE', KEYS[1], 0, 23)
if #header < 24 or not string.find(header, '^PLC%d') then return 0 end
local epoch, as_of = struct.unpack('>dd', string.sub(header, 9, 24))
local before_epoch, before_as_of = tonumber(ARGV[1]), tonumber(ARGV[2])
if epoch > before_epoch or (epoch == before_epoch and as_of >= before_as_of) then return 0 end
return redis.call('UNLINK', KEYS[1])
