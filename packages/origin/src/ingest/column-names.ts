export type ColumnRole =
  | 'timestamp'
  | 'level'
  | 'service'
  | 'message'
  | 'source'
  | 'method'
  | 'path'
  | 'status'
  | 'responseTime';

/** For each role, the names that can fill it, best first. `date` and `time` together make an instant. */
type AliasPlan = Readonly<Record<ColumnRole, readonly string[]>> & {
  readonly date: string | undefined;
  readonly time: string | undefined;
};

const DURATION_NAMES = [
  'response_time',
  'duration',
  'elapsed',
  'took',
  'latency',
  'request_time',
  'request_duration',
  'time_taken',
  'processing_time',
  'total_time',
  'elapsed_time',
];

const UNITS = 'ms millis milliseconds s sec seconds us micros microseconds ns nanos nanoseconds'.split(' ');

/**
 * Column names per role, in the form that `comparable` returns (lower-case letters and digits only), so `log.level`,
 * `logLevel` and `LOG_LEVEL` are the same name.
 */
const ALIASES: Record<ColumnRole, readonly string[]> = {
  timestamp: names(
    'timestamp @timestamp timestamp_utc utc_time time ts datetime date_time event_time log_time logged_at created_at ' +
      'eventtime asctime t date time_generated time_created ' +
      'event_timestamp log_timestamp time_stamp timestamp_ms unix_timestamp time_local time_iso8601',
  ),
  level: names('level log_level severity severity_text level_name log.level lvl priority loglevel syslog_severity'),
  service: names(
    'service service_name app app_name application component logger logger_name log.logger module program ' +
      'syslog_identifier process_name container_name',
  ),
  message: names('message msg content log short_message text body'),
  source: names(
    'client_ip clientip remote_addr remote_ip remote_address source_ip source.ip src_ip client.ip ip ip_address ' +
      'client_addr client_address client remote_host source x_forwarded_for ' +
      'http.client_ip net.peer.ip net.sock.peer.addr network.peer.address',
  ),
  method: names('method http_method request_method verb http.request.method cs_method'),
  path: names(
    'path request_path url_path url.path uri request_uri request url cs_uri_stem http_path http_target url_full http_url',
  ),
  status: names(
    'status status_code http_status response_code http_status_code response_status response ' +
      'http.response.status_code sc_status',
  ),
  responseTime: names(
    [...DURATION_NAMES, ...UNITS.flatMap((unit) => DURATION_NAMES.map((name) => `${name}_${unit}`))].join(' '),
  ),
};

export const COLUMN_ROLES = Object.keys(ALIASES) as readonly ColumnRole[];

/**
 * Where records of any schema nest values that others have as columns. Only these are looked for in records of an
 * unknown schema.
 */
export const NESTED_NAMES = [
  'log.level',
  'log.logger',
  'service.name',
  'source.ip',
  'client.ip',
  'url.path',
  'http.request.method',
  'http.response.status_code',
] as const;

function names(text: string): readonly string[] {
  return [...new Set(text.split(' ').map(comparable))];
}

/** Returns a column name in the form in which aliases are compared. */
export function comparable(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** The roles of each alias, and its place among the aliases of the role. */
const ROLES_BY_ALIAS = new Map<string, { role: ColumnRole; rank: number }[]>();
for (const role of COLUMN_ROLES) {
  for (const [rank, alias] of ALIASES[role].entries()) {
    ROLES_BY_ALIAS.set(alias, [...(ROLES_BY_ALIAS.get(alias) ?? []), { role, rank }]);
  }
}

/** Returns, for each role, the columns that can fill it. Takes time linear in the names. */
export function aliasesOf(columnNames: readonly string[]): AliasPlan {
  const byName = new Map<string, string>();
  const found: { role: ColumnRole; rank: number; name: string }[] = [];
  for (const name of columnNames) {
    const compared = comparable(name);
    if (byName.has(compared)) continue;
    byName.set(compared, name);
    for (const { role, rank } of ROLES_BY_ALIAS.get(compared) ?? []) found.push({ role, rank, name });
  }
  found.sort((a, b) => a.rank - b.rank);
  const plan = Object.fromEntries(COLUMN_ROLES.map((role) => [role, []])) as unknown as Record<ColumnRole, string[]>;
  for (const { role, name } of found) plan[role].push(name);
  return { ...plan, date: byName.get('date'), time: byName.get('time') };
}

/** Returns whether `aliasesOf` depends on a column's name. */
export function isRoleName(name: string): boolean {
  const compared = comparable(name);
  return isAlias(compared) || compared === 'date' || compared === 'time';
}

/** Returns whether a name, in the form that `comparable` returns, is an alias of any role. */
export function isAlias(comparedName: string): boolean {
  return ROLES_BY_ALIAS.has(comparedName);
}
