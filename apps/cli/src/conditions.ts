import type { paths } from '@pilotlight/client';
import type { Command } from 'commander';

type SearchBody = paths['/api/search']['post']['requestBody'] extends infer Body
  ? NonNullable<Body> extends { content: { 'application/json': infer Json } }
    ? Json
    : never
  : never;

/** The options that narrow a search and a live tail. */
export interface ConditionFlags {
  readonly level?: readonly string[];
  readonly service?: string;
  readonly fileId?: string;
  readonly from?: string;
  readonly to?: string;
}

/** The conditions of a search, as the api takes them. */
export type Conditions = Pick<SearchBody, 'q' | 'level' | 'service' | 'file_id' | 'from' | 'to'>;

/** Adds the options of `ConditionFlags` to a command. */
export function addConditions(command: Command): Command {
  return command
    .option('--level <level...>', 'only these levels')
    .option('--service <name>', 'only one service')
    .option('--file-id <id>', 'only one file')
    .option('--from <time>', 'a date, or a date-time with offset')
    .option('--to <time>', 'the end, which is not included');
}

/** Returns the conditions of a text query and options. The api checks their values. */
export function conditionsOf(
  words: readonly string[],
  { level, service, fileId, from, to }: ConditionFlags,
): Conditions {
  return {
    ...(words.length > 0 && { q: words.join(' ') }),
    ...(level && { level: level.map((one) => one.toUpperCase()) as Conditions['level'] }),
    ...(service && { service }),
    ...(fileId && { file_id: fileId }),
    ...(from && { from }),
    ...(to && { to }),
  } as Conditions;
}
