import type { Level } from '@pilotlight/contracts';
import { addressOf } from '../address.ts';
import type { FileTimes } from '../file-times.ts';
import type { LineParser } from '../format-reader.ts';
import { levelOfWord } from '../levels.ts';
import { recordOf } from '../records.ts';
import { setTime, TimestampReader } from '../timestamps.ts';

/** After the time: ] [module:level] [pid 1:tid 2] [client 1.2.3.4:5] message */
const AFTER_TIME =
  /\] \[(?:([\w-]{0,64}):)?([a-z]{3,6}\d?)\](?: \[pid (\d{1,10})(?::tid (\d{1,20}))?\])?(?: \[(?:remote|client) ([^\]]{1,255})\])? ?(.*)$/y;

/**
 * Parses Apache's error log before 2.4, `[Sun Dec 04 04:47:44 2005] [notice] …`, and from 2.4 on, `[Wed Oct 11
 * 14:32:52.123456 2000] [core:error] [pid 1:tid 2] [client 1.2.3.4:5] …`. The module becomes the service.
 */
export function apacheErrorParser(times: FileTimes): LineParser {
  const timestamps = new TimestampReader(times);
  return (line) => {
    if (line[0] !== '[') return null;
    const time = timestamps.prefix(line, 1);
    if (time === null) return null;
    AFTER_TIME.lastIndex = time.end;
    const match = AFTER_TIME.exec(line);
    const level: Level | undefined = match?.[2] === undefined ? undefined : levelOfWord(match[2]);
    if (match === null || level === undefined) return null;
    const [, module, , pid, thread, client, message = ''] = match;
    const record = recordOf({ level, message });
    setTime(record, time);
    if (module !== undefined && module !== '' && module !== '-') record.service = module;
    if (client !== undefined) record.source = addressOf(client);
    if (pid !== undefined) record.fields['pid'] = Number(pid);
    if (thread !== undefined) record.fields['thread'] = thread;
    return record;
  };
}
