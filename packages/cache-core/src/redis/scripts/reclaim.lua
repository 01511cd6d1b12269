-- Removes entries that were loaded before a stamp. An envelope's bytes: see envelope/envelope.ts.
-- KEYS  the entries' keys
-- ARGV  1 epoch  2 position
-- Answers how many were removed; what is no entry stays.
local before_epoch, before_as_of = tonumber(ARGV[1]), tonumber(ARGV[2])
local removed = 0
for _, key in ipairs(KEYS) do
  -- Of what is no string, GETRANGE gives an error.
  local header = redis.pcall('GETRANGE', key, 0, 23)
  if type(header) == 'string' and #header == 24 and string.find(header, '^PLC%d') then
    local epoch, as_of = struct.unpack('>dd', string.sub(header, 9, 24))
    if epoch < before_epoch or (epoch == before_epoch and as_of < before_as_of) then
      removed = removed + redis.call('UNLINK', key)
    end
  end
end
return removed
