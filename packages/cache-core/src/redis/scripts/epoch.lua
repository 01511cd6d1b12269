-- Prepended to every script of the log.
--
-- KEYS  1 record (hash: epoch, run, head, floor, renewals, keys, and one field for each count: see `counts`)  2 stream  3
-- followers (hash: follower, 'renewals:applied:lease')  4 hits (sorted set: selector, position)  5 scoped hits (the same)
-- 6 hits of keys (the same)
--
-- ARGV  1 the highest epoch that the caller has seen
--
-- A new epoch begins if the log vanished or lost one of its keys (evicted, deleted), if the server was restarted or
-- failed over (another run id: it may have lost acknowledged appends), if the log lost appends (see renew.lua), if an
-- earlier version began the present epoch, and if the caller knows a later epoch. Epochs only rise, also over a FLUSHALL:
-- by the server's clock, and past every epoch that any caller knows. In a Cluster every node has its own run id, so a
-- fail-over and a moving slot are other runs too.
--
-- These six keys have no time to live and are bounded in number and size: a log that expired would be a log that
-- vanished.
local function int(number) return string.format('%.0f', number) end

-- A field of the followers from the start of an epoch: if it is missing, they were lost. No follower has an empty id, and
-- an earlier version reads this as a follower that has applied everything.
local ALL_FOLLOWERS = ''
local APPLIED_EVERYTHING = '0:9007199254740991'

-- The epoch's number: the time since 2020 in 64ths of a millisecond, times 64, plus a random number below 64. So epochs
-- rise with the clock, whichever caller begins them and whatever was lost. Exact (below 2^53) until 2089. If the clock
-- was set back, the epoch exceeds every known epoch by a random number below 2^21: callers may know different epochs, and
-- without it two of them could begin the same epoch twice. Redis's own random numbers are the same in every run of a
-- script, so the random number is derived from the server's state: its run, its time, and its counters.
local function begin_epoch(above)
  local time = redis.call('TIME')
  local digest = redis.sha1hex(redis.call('INFO') .. time[1] .. ' ' .. time[2] .. ' ' .. int(above))
  local chance = tonumber(string.sub(digest, 1, 8), 16)
  local now = math.floor((time[1] - 1577836800) * 64000 + time[2] * 64 / 1000) * 64
  local epoch = now > above and now + chance % 64 or above + 1 + chance % 2 ^ 21
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
  redis.call('HSET', KEYS[1], 'epoch', int(epoch), 'run', run, 'head', 0, 'floor', 0, 'keys', int(epoch),
    'records', 0, 'hits', 0, 'scoped-hits', 0, 'key-hits', 0)
  redis.call('HSET', KEYS[3], ALL_FOLLOWERS, APPLIED_EVERYTHING)
  return epoch
end

-- Returns the numbers of members of the keys that an append adds to.
local function counts()
  return {
    redis.call('XLEN', KEYS[2]),
    redis.call('ZCARD', KEYS[4]),
    redis.call('ZCARD', KEYS[5]),
    redis.call('ZCARD', KEYS[6]),
  }
end

-- Returns true if the record has all its fields, and no key has fewer members than the last append left in it. There may
-- be more: an earlier version appends without counting.
local function is_whole(record)
  for i = 1, 8 do
    if not record[i] then return false end
  end
  for i, count in ipairs(counts()) do
    if count < tonumber(record[4 + i]) then return false end
  end
  return redis.call('HEXISTS', KEYS[3], ALL_FOLLOWERS) == 1
end

local function current_epoch()
  local record = redis.call('HMGET', KEYS[1], 'epoch', 'run', 'head', 'floor', 'records', 'hits', 'scoped-hits', 'key-hits')
  local epoch = tonumber(record[1] or 0)
  local known = tonumber(ARGV[1])
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  if record[2] == run and epoch >= known and is_whole(record) then return epoch end
  return begin_epoch(math.max(epoch, known))
end

