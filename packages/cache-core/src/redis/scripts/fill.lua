-- Compare-and-set of one entry: stores it unless one with a newer stamp exists. The bytes of an envelope: see
-- envelope/envelope.ts.
--
-- KEYS  1 the entry's key
--
-- ARGV  1 envelope  2 time to live, ms
--
-- Returns 1 if it was stored.
local function stamp(header)
  if #header < 24 or not string.find(header, '^PLC%d') then return nil end
  return struct.unpack('>dd', string.sub(header, 9, 24))
end
if redis.call('TYPE', KEYS[1]).ok == 'string' then
  local there_epoch, there_as_of = stamp(redis.call('GETRANGE', KEYS[1], 0, 23))
  local epoch, as_of = stamp(ARGV[1])
  if there_epoch and (there_epoch > epoch or (there_epoch == epoch and there_as_of > as_of)) then return 0 end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
