-- Appends one invalidation, once per event.
--
-- KEYS  1–6 see epoch.lua  7 the event's own key (omitted if the invalidation has no id by which it can be repeated)
--
-- ARGV  1 known epoch  2 mode ('invalidate' or 'expire')  3 how long the event's id is kept, ms  4 maximum of records  5
-- of selectors  6 of scoped selectors  7 of keys' selectors  8 the token that represents all keys among the other
-- selectors  9… selectors
--
-- Returns { epoch, position, followers } as texts, the followers as register.lua does: this spares each receipt a command.
local function followers() return redis.call('HGETALL', KEYS[3]) end

local epoch = current_epoch()
local before = KEYS[7] and redis.call('GET', KEYS[7])
if before then
  local at_epoch, at_position = string.match(before, '^(%d+)-(%d+)$')
  if tonumber(at_epoch) == epoch then return { at_epoch, at_position, followers() } end
end

local function kind_of(selector) return string.sub(selector, 1, 2) end

-- Returns the prefix of a scoped selector, which is 's:' and the JSON of [prefix, scope]; nil if it is not readable.
local function prefix_of_scoped(selector)
  local ok, parts = pcall(cjson.decode, string.sub(selector, 3))
  if ok and type(parts) == 'table' and type(parts[1]) == 'string' and type(parts[2]) == 'table' then return parts[1] end
end

-- Returns the whole that a scoped selector or a key belongs to: its prefix, of a key its first segment; everything for a
-- key of one segment.
local function whole_of(selector)
  if kind_of(selector) == 's:' then return 'p:' .. prefix_of_scoped(selector) end
  local colon = string.find(selector, ':', 4, true) -- 'k:', and at least one character
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
-- An earlier version does not read the keys' own set and would start without them: to that version this token hits
-- everything.
if has_keys then redis.call('ZADD', KEYS[4], position, mode .. ' ' .. ARGV[8]) end

-- A forgotten hit of a part counts, at its position, as a hit of the whole: other prefixes are not affected. The rule is
-- that of log/remembered-hits.ts; a property test compares the two.
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

-- Forgetting a whole raises the floor: everything at or below it counts as hit.
local forget = redis.call('ZCARD', KEYS[4]) - tonumber(ARGV[5])
if forget > 0 then
  local oldest = redis.call('ZPOPMIN', KEYS[4], forget)
  -- The floor never falls: a coarsened hit may be older than an earlier forgotten one.
  local floor = math.max(tonumber(redis.call('HGET', KEYS[1], 'floor')), tonumber(oldest[#oldest]))
  redis.call('HSET', KEYS[1], 'floor', int(floor))
end
if KEYS[7] then redis.call('SET', KEYS[7], id, 'PX', ARGV[3]) end

-- The counts that the next script expects. The stream is trimmed by whole nodes, but never below the bound.
local now = counts()
redis.call('HSET', KEYS[1], 'records', math.min(now[1], tonumber(ARGV[4])), 'hits', now[2], 'scoped-hits', now[3],
  'key-hits', now[4])
return { int(epoch), int(position), followers() }
