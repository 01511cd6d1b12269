import { type Paths, type Requests, textOf } from './requests.ts';

/** Prints the totals as one line of JSON. wrk counts statuses above 399 as errors. */
const DONE = `
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"durationUs":%d,"p50Us":%d,"p99Us":%d,"refused":%d,"broken":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
`;

/** Returns the script with which wrk sends the requests. The text of each request is ready before, or is one concatenation. */
export function luaScript(url: string, requests: Requests): string {
  const { before, after } = textOf(url, requests);
  return `local before, after = ${quoted(before)}, ${quoted(after)}\n${next(requests.paths)}${DONE}`;
}

function next(paths: Paths): string {
  switch (paths.kind) {
    case 'list':
      return `
local texts = {}
for _, path in ipairs({ ${paths.paths.map(quoted).join(', ')} }) do texts[#texts + 1] = before .. path .. after end
local sent, count = 0, #texts
request = function()
  sent = sent % count + 1
  return texts[sent]
end
`;
    case 'random':
      return `
before = before .. ${quoted(paths.prefix)}
math.randomseed(os.time())
request = function() return before .. math.random(0, ${paths.count - 1}) .. after end
`;
    case 'counter':
      return `
before = before .. ${quoted(paths.prefix)}
local sent = ${paths.from - 1}
request = function()
  sent = sent + 1
  return before .. string.format('%d', sent) .. after
end
`;
  }
}

/** Returns a text as a literal of Lua. */
function quoted(text: string): string {
  const bytes = [...Buffer.from(text)];
  const shown = bytes.map((byte) =>
    byte >= 32 && byte < 127 && byte !== 34 && byte !== 92
      ? String.fromCharCode(byte)
      : `\\${String(byte).padStart(3, '0')}`,
  );
  return `"${shown.join('')}"`;
}
