-- Removes entries that were loaded before a stamp. The bytes of an envelope: see envelope/envelope.ts.
--
-- KEYS  the entries' keys; if there are none, the keys are arguments
--
-- ARGV  1 epoch  2 position  3… without KEYS, the entries' keys
--
-- Returns the number of removed entries; other values stay.
local before_epoch, before_as_of = tonumber(ARGV[1]), tonumber(ARGV[2])
local removed = 0
for _, key in ipairs(#KEYS > 0 and KEYS or { unpack(ARGV, 3) }) do
  local header = redis.pcall('GETRANGE', key, 0, 23)
  -- A value that is not a string stays; any other error is the reply, such as that the key is not on this node.
  if type(header) == 'table' and not string.find(header.err, 'WRONGTYPE', 1, true) then return header end
  if type(header) == 'string' and #header == 24 and string.find(header, '^PLC%d') then
    local epoch, as_of = struct.unpack('>dd', string.sub(header, 9, 24))
    if epoch < before_epoch or (epoch == before_epoch and as_of < before_as_of) then
      removed = removed + redis.call('UNLINK', key)
    end
  end
end
return removed
