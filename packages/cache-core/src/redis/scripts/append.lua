-- Appends one invalidation, once per event.
-- KEYS  1–5 see epoch.lua  6 the event's own key
-- ARGV  1 known epoch  2 mode ('invalidate' or 'expire')  3 how long the event's id is kept, ms  4 most records kept
--       5 most selectors kept  6 most scoped selectors kept  7… selectors
-- Answers { epoch, position } as texts.
local epoch = current_epoch()
local before = redis.call('GET', KEYS[6])
if before then
  local at_epoch, at_position = string.match(before, '^(%d+)-(%d+)$')
  if tonumber(at_epoch) == epoch then return { at_epoch, at_position } end
end

-- The prefix of a scoped selector: 's:' and the JSON of [prefix, scope]. Nil: nobody could tell what it hits.
local function prefix_of(selector)
  local ok, parts = pcall(cjson.decode, string.sub(selector, 3))
  if ok and type(parts) == 'table' and type(parts[1]) == 'string' and type(parts[2]) == 'table' then return parts[1] end
end
local function is_scoped(selector) return string.sub(selector, 1, 2) == 's:' end

local mode = ARGV[2]
local selectors = { unpack(ARGV, 7) }
for i, selector in ipairs(selectors) do
  if is_scoped(selector) and not prefix_of(selector) then selectors[i] = 'a' end
end

local position = redis.call('HINCRBY', KEYS[1], 'head', 1)
local id = int(epoch) .. '-' .. int(position)
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], id, 'm', mode, 's', cjson.encode(selectors))
for _, selector in ipairs(selectors) do
  redis.call('ZADD', is_scoped(selector) and KEYS[5] or KEYS[4], position, mode .. ' ' .. selector)
end

-- A scoped hit that is forgotten counts, at its position, as one of the whole prefix: other prefixes lose nothing by it.
local coarsen = redis.call('ZCARD', KEYS[5]) - tonumber(ARGV[6])
if coarsen > 0 then
  local oldest = redis.call('ZPOPMIN', KEYS[5], coarsen)
  for i = 1, #oldest, 2 do
    local its_mode, selector = string.match(oldest[i], '^(%l+) (.*)$')
    redis.call('ZADD', KEYS[4], 'GT', oldest[i + 1], its_mode .. ' p:' .. prefix_of(selector))
  end
end

-- What the index forgets raises the floor: nothing is known of hits at or below it.
local forget = redis.call('ZCARD', KEYS[4]) - tonumber(ARGV[5])
if forget > 0 then
  local oldest = redis.call('ZPOPMIN', KEYS[4], forget)
  -- Never lower: what was coarsened may be older than what was forgotten before it.
  local floor = math.max(tonumber(redis.call('HGET', KEYS[1], 'floor')), tonumber(oldest[#oldest]))
  redis.call('HSET', KEYS[1], 'floor', int(floor))
end
redis.call('SET', KEYS[6], id, 'PX', ARGV[3])
return { int(epoch), int(position) }
