"""What Redis does by itself, in one step each, for newsroom/redis_pages.py: programs in Lua."""

TAGS = 20_000  # in the journal; beyond, a new one is begun

# The journal is a sorted set: its name has the score -1, `#end` the number of the last purge, each tag that of its own.
BEGIN = """
local begun = redis.call('ZRANGEBYSCORE', KEYS[1], -1, -1)[1]
local life = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
if not begun or string.sub(begun, 1, #life) ~= life then
  begun = life .. ':' .. ARGV[1]
  redis.call('DEL', KEYS[1])
  redis.call('ZADD', KEYS[1], -1, begun, 0, '#end')
end
return {begun, redis.call('ZSCORE', KEYS[1], '#end')}
"""
GOOD = """
local function good(begun, mark, tags)
  if not redis.call('ZSCORE', KEYS[1], begun) then return false end
  for tag in string.gmatch(tags, '[^\\n]+') do
    local purged = redis.call('ZSCORE', KEYS[1], tag)
    if purged and tonumber(purged) > tonumber(mark) then return false end
  end
  return true
end
"""
FIND = f"""{GOOD}
local kept = redis.call('HMGET', KEYS[2], 'begun', 'mark', 'tags', 'answer')
if not kept[4] then return false end
if good(kept[1], kept[2], kept[3]) then return {{kept[4], kept[1], redis.call('ZSCORE', KEYS[1], '#end')}} end
redis.call('DEL', KEYS[2])
return false
"""
KEEP = f"""{GOOD}
if not good(ARGV[1], ARGV[2], ARGV[3]) then return 0 end
redis.call('HSET', KEYS[2], 'begun', ARGV[1], 'mark', ARGV[2], 'tags', ARGV[3], 'answer', ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[5])
return 1
"""
PURGE = f"""
if redis.call('EXISTS', KEYS[1]) == 0 then return end
local number = redis.call('ZINCRBY', KEYS[1], 1, '#end')
for _, tag in ipairs(ARGV) do redis.call('ZADD', KEYS[1], number, tag) end
if redis.call('ZCARD', KEYS[1]) > {TAGS} then redis.call('DEL', KEYS[1]) end
"""
RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"
