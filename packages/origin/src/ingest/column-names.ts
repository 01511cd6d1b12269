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

/** For each role, the record's columns that can fill it, best first. `date` and `time` together make an instant. */
export type ColumnPlan = Readonly<Record<ColumnRole, readonly string[]>> & {
  readonly date: string | undefined;
  readonly time: string | undefined;
};

/**
 * Column names per role, in the form that `comparable` returns (lower-case letters and digits only), so `log.level`,
 * `logLevel` and `LOG_LEVEL` are the same name.
 */
const ALIASES: Record<ColumnRole, readonly string[]> = {
  timestamp: names(
    'timestamp @timestamp timestamp_utc utc_time time ts datetime date_time event_time log_time logged_at created_at ' +
      'eventtime asctime t date __realtime_timestamp',
  ),
  level: names('level log_level severity severity_text level_name log.level lvl priority loglevel syslog_severity'),
  service: names(
    'service service_name app app_name application component logger logger_name log.logger module program ' +
      'syslog_identifier process_name container_name',
  ),
  message: names('message msg content log short_message text body'),
  source: names(
    'client_ip clientip remote_addr remote_ip remote_address source_ip source.ip src_ip client.ip ip ip_address ' +
      'client_addr client_address client remote_host source x_forwarded_for',
  ),
  method: names('method http_method request_method verb http.request.method cs_method'),
  path: names('path request_path url_path url.path uri request_uri request url cs_uri_stem http_path'),
  status: names(
    'status status_code http_status response_code http_status_code response_status response ' +
      'http.response.status_code sc_status',
  ),
  responseTime: names(
    'response_time_ms response_time duration_ms duration elapsed_ms elapsed took_ms took latency_ms latency ' +
      'request_time request_time_ms request_duration_ms request_duration time_taken response_time_s duration_s ' +
      'duration_seconds latency_s latency_seconds response_time_seconds elapsed_seconds duration_us latency_us ' +
      'duration_ns latency_ns elapsed_us elapsed_ns upstream_response_time',
  ),
};

const ROLES = Object.keys(ALIASES) as ColumnRole[];

function names(text: string): readonly string[] {
  return [...new Set(text.split(' ').map(comparable))];
}

/** Returns a column name in the form in which aliases are compared. */
export function comparable(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Returns, for each role, the columns that can fill it. */
export function aliasesOf(columnNames: readonly string[]): ColumnPlan {
  const byName = new Map<string, string>();
  for (const name of columnNames) {
    const compared = comparable(name);
    if (!byName.has(compared)) byName.set(compared, name);
  }
  const plan = Object.fromEntries(
    ROLES.map((role) => [role, ALIASES[role].flatMap((alias) => byName.get(alias) ?? [])]),
  ) as Record<ColumnRole, string[]>;
  return { ...plan, date: byName.get('date'), time: byName.get('time') };
}

const KNOWN = new Set(Object.values(ALIASES).flat());

/** Returns whether a name, in the form that `comparable` returns, is an alias of any role. */
export function isAlias(comparedName: string): boolean {
  return KNOWN.has(comparedName);
}
