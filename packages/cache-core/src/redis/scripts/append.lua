-- Appends one invalidation, once per event.
-- KEYS  1–6 see epoch.lua  7 the event's own key (left out: the invalidation has no id by which it could be repeated)
-- ARGV  1 known epoch  2 mode ('invalidate' or 'expire')  3 how long the event's id is kept, ms  4 most records kept
--       5 most selectors kept  6 most scoped selectors kept  7 most keys' selectors kept  8 what stands for all keys among
--       the other selectors  9… selectors
-- Answers { epoch, position } as texts.
local epoch = current_epoch()
local before = KEYS[7] and redis.call('GET', KEYS[7])
if before then
  local at_epoch, at_position = string.match(before, '^(%d+)-(%d+)$')
  if tonumber(at_epoch) == epoch then return { at_epoch, at_position } end
end

local function kind_of(selector) return string.sub(selector, 1, 2) end

-- The prefix of a scoped selector: 's:' and the JSON of [prefix, scope]. Nil: nobody could tell what it hits.
local function prefix_of_scoped(selector)
  local ok, parts = pcall(cjson.decode, string.sub(selector, 3))
  if ok and type(parts) == 'table' and type(parts[1]) == 'string' and type(parts[2]) == 'table' then return parts[1] end
end

-- The whole that a scoped selector or a key's is a part of: its prefix, of a key its first segment; of a key of one
-- segment everything.
local function whole_of(selector)
  if kind_of(selector) == 's:' then return 'p:' .. prefix_of_scoped(selector) end
  local colon = string.find(selector, ':', 4, true) -- 'k:', and one character at least
  return colon and 'p:' .. string.sub(selector, 3, colon - 1) or 'a'
end

local mode = ARGV[2]
local selectors = { unpack(ARGV, 9) }
for i, selector in ipairs(selectors) do
  if kind_of(selector) == 's:' and not prefix_of_scoped(selector) then selectors[i] = 'a' end
end

local position = redis.call('HINCRBY', KEYS[1], 'head', 1)
local id = int(epoch) .. '-' .. int(position)
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], id, 'm', mode, 's', cjson.encode(selectors))
local hits_of_kind = { ['s:'] = KEYS[5], ['k:'] = KEYS[6] }
local has_keys = false
for _, selector in ipairs(selectors) do
  local hits = hits_of_kind[kind_of(selector)] or KEYS[4]
  if hits == KEYS[6] then has_keys = true end
  redis.call('ZADD', hits, position, mode .. ' ' .. selector)
end
-- A version that does not know where keys are kept would start without them, and takes this for everything.
if has_keys then redis.call('ZADD', KEYS[4], position, mode .. ' ' .. ARGV[8]) end

-- A hit of a part that is forgotten counts, at its position, as one of the whole: other prefixes lose nothing by it.
local function coarsen(hits, most)
  local too_many = redis.call('ZCARD', hits) - tonumber(most)
  if too_many <= 0 then return end
  local oldest = redis.call('ZPOPMIN', hits, too_many)
  for i = 1, #oldest, 2 do
    local its_mode, selector = string.match(oldest[i], '^(%l+) (.*)$')
    redis.call('ZADD', KEYS[4], 'GT', oldest[i + 1], its_mode .. ' ' .. whole_of(selector))
  end
end
coarsen(KEYS[5], ARGV[6])
coarsen(KEYS[6], ARGV[7])

-- What the index forgets raises the floor: nothing is known of hits at or below it.
local forget = redis.call('ZCARD', KEYS[4]) - tonumber(ARGV[5])
if forget > 0 then
  local oldest = redis.call('ZPOPMIN', KEYS[4], forget)
  -- Never lower: what was coarsened may be older than what was forgotten before it.
  local floor = math.max(tonumber(redis.call('HGET', KEYS[1], 'floor')), tonumber(oldest[#oldest]))
  redis.call('HSET', KEYS[1], 'floor', int(floor))
end
if KEYS[7] then redis.call('SET', KEYS[7], id, 'PX', ARGV[3]) end

-- What the next script expects to find. The stream is trimmed by whole nodes, but never below the bound.
local now = counts()
redis.call('HSET', KEYS[1], 'records', math.min(now[1], tonumber(ARGV[4])), 'hits', now[2], 'scoped-hits', now[3],
  'key-hits', now[4])
return { int(epoch), int(position) }
