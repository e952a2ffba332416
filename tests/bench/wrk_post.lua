-- One request again and again: wrk ... -s wrk_post.lua URL -- BODY EXPECTED [TOKEN]
-- An answer without EXPECTED in it counts as wrong. Prints one line of JSON.
local threads = {}
wrong = 0

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  wrk.method = "POST"
  wrk.body = arguments[1]
  expected = arguments[2]
  wrk.headers["Content-Type"] = "application/json"
  if arguments[3] then wrk.headers["Authorization"] = "Bearer " .. arguments[3] end
end

function response(status, headers, body)
  if not body:find(expected, 1, true) then wrong = wrong + 1 end
end

function done(summary, latency, requests)
  local errors = summary.errors
  local count = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  for _, thread in ipairs(threads) do count = count + thread:get("wrong") end
  print(string.format('{"requests":%d,"us":%d,"wrong":%d,"p50_us":%.0f,"p99_us":%.0f}',
    summary.requests, summary.duration, count, latency:percentile(50), latency:percentile(99)))
end
