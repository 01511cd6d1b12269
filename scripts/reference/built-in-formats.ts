/** Formats that a parser reads, because a pattern cannot: for `docs/formats.md`. */
export const BUILT_IN_FORMATS: readonly { name: string; title: string; source: string; line: string }[] = [
  {
    name: 'docker-json-file',
    title: 'Docker json-file',
    source: 'https://docs.docker.com/engine/logging/drivers/json-file/',
    line: '{"log":"ready\\n","stream":"stdout","time":"2026-03-01T10:00:00.123456789Z"}',
  },
  {
    name: 'json, ndjson',
    title: 'JSON and JSON lines',
    source: 'https://www.rfc-editor.org/rfc/rfc8259',
    line: '{"level":"info","msg":"ready"}',
  },
  {
    name: 'csv, tsv',
    title: 'CSV and TSV',
    source: 'https://www.rfc-editor.org/rfc/rfc4180',
    line: 'time,level,message',
  },
  {
    name: 'w3c-extended',
    title: 'W3C extended: IIS, CloudFront, Blue Coat',
    source: 'https://www.w3.org/TR/WD-logfile',
    line: '#Fields: date time c-ip cs-method cs-uri-stem sc-status time-taken',
  },
  {
    name: 'apache-access',
    title: 'common and combined access logs of Apache, nginx and Varnish',
    source: 'https://httpd.apache.org/docs/2.4/logs.html#accesslog',
    line: '192.0.2.7 - - [01/Mar/2026:10:00:00 +0000] "GET /lamp HTTP/1.1" 200 414 "-" "curl/8"',
  },
  {
    name: 'apache-error',
    title: 'Apache error log',
    source: 'https://httpd.apache.org/docs/2.4/logs.html#errorlog',
    line: '[Sun Mar 01 10:00:00.123456 2026] [core:error] [pid 7] [client 192.0.2.7:50599] File does not exist: /lamp',
  },
  {
    name: 'nginx-error',
    title: 'nginx error log',
    source: 'https://nginx.org/en/docs/ngx_core_module.html#error_log',
    line: '2026/03/01 10:00:00 [error] 7#7: *3 open() "/lamp" failed, client: 192.0.2.7, server: shop',
  },
  {
    name: 'aws-vpc-flow-fields',
    title: 'AWS VPC flow log whose first line names the fields',
    source: 'https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html',
    line: 'version srcaddr dstaddr start log-status',
  },
  {
    name: 'json-envelope',
    title:
      'several records in one object on a line of at most 64 KiB, or in a file of one object: Azure Monitor, CloudTrail',
    source: 'https://learn.microsoft.com/en-us/azure/azure-monitor/platform/resource-logs-blob-format',
    line: '{"records":[{"time":"2026-03-01T10:00:00Z","level":"Error","message":"declined"}]}',
  },
  {
    name: 'syslog-octet-counted',
    title: 'syslog with the length before each message (RFC 6587), on lines of their own or one after the other',
    source: 'https://www.rfc-editor.org/rfc/rfc6587#section-3.4.1',
    line: '47 <34>1 2026-03-01T10:00:00Z host app - - - ready',
  },
  {
    name: 'syslog-rfc5424',
    title: 'syslog, RFC 5424',
    source: 'https://www.rfc-editor.org/rfc/rfc5424',
    line: '<165>1 2026-03-01T10:00:00.003Z host app 8710 ID47 - ready',
  },
  {
    name: 'syslog-rfc3164',
    title: 'syslog, RFC 3164',
    source: 'https://www.rfc-editor.org/rfc/rfc3164',
    line: '<34>Mar  1 10:00:00 host su: failed on /dev/pts/8',
  },
  {
    name: 'application',
    title:
      'a time, a level, a component and a message, in many spellings: log4j, logback, Python, PostgreSQL, glog, logcat',
    source: 'https://logging.apache.org/log4j/2.x/manual/pattern-layout.html',
    line: '2026-03-01 10:00:00,123 ERROR [main] shop.Cart: cannot add',
  },
  {
    name: 'logfmt',
    title: 'logfmt',
    source: 'https://brandur.org/logfmt',
    line: 'time=2026-03-01T10:00:00Z level=info msg="cart opened"',
  },
];
