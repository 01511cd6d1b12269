-- Put in front of every script of the log.
-- KEYS  1 record (hash: epoch, run, head, floor, renewals, keys)  2 stream  3 followers (hash)
--       4 hits (sorted set: selector, position)  5 scoped hits (the same)  6 hits of keys (the same)
-- ARGV  1 the highest epoch that the caller has seen
--
-- A log that vanished, a server that was restarted or failed over (another run id: it may have lost acknowledged appends),
-- a log that went backwards (see renew.lua) and a caller that knows a later epoch all begin a new one. Epochs only rise,
-- also over a FLUSHALL: by the server's clock, and past every epoch that anybody brings along. In a Cluster every node has
-- a run id of its own, so a fail-over and a slot that moves are another run too.
--
-- These six keys have no time to live, and are bounded in number and size: a log that expired would be a log that vanished.
--
-- A version that does not know the sixth may begin an epoch too, and leaves what is in it: 'keys' names the epoch it is of.
local function int(number) return string.format('%.0f', number) end

-- A number: the time since 2020 in 64ths of a millisecond, times 64, and a chance below that: so epochs rise with the clock,
-- whoever begins them and whatever was lost. Exact (below 2^53) until 2089. Where the clock was set back it is above what
-- is known, by a chance of one in 2^21: those who come may know different epochs, and without it two of them could begin
-- the same one twice. Of Redis's own random numbers every run of a script has the same, so the chance is made of what the
-- server tells of itself: its run, its time, and what it has counted.
local function begin_epoch(above)
  local time = redis.call('TIME')
  local digest = redis.sha1hex(redis.call('INFO') .. time[1] .. ' ' .. time[2] .. ' ' .. int(above))
  local chance = tonumber(string.sub(digest, 1, 8), 16)
  local now = math.floor((time[1] - 1577836800) * 64000 + time[2] * 64 / 1000) * 64
  local epoch = now > above and now + chance % 64 or above + 1 + chance % 2 ^ 21
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
  redis.call('HSET', KEYS[1], 'epoch', int(epoch), 'run', run, 'head', 0, 'floor', 0, 'keys', int(epoch))
  return epoch
end

local function current_epoch()
  local record = redis.call('HMGET', KEYS[1], 'epoch', 'run', 'keys')
  local epoch = tonumber(record[1] or 0)
  local known = tonumber(ARGV[1])
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  if record[2] == run and epoch >= known then
    if record[3] ~= record[1] then
      redis.call('DEL', KEYS[6])
      redis.call('HSET', KEYS[1], 'keys', record[1])
    end
    return epoch
  end
  return begin_epoch(math.max(epoch, known))
end

