import type { Schema } from './schema.ts';

/** The Event Viewer writes five names over rows of six columns; the sixth is the message. */
const EVENT_VIEWER_HEADER = ['Level', 'Date and Time', 'Source', 'Event ID', 'Task Category'];

/** Operating systems. */
export const SYSTEMS: readonly Schema[] = [
  {
    name: 'windows-event',
    title: 'Windows events of Get-WinEvent as JSON, Fluent Bit and NXLog',
    family: 'systems',
    source: 'https://learn.microsoft.com/en-us/dotnet/api/system.diagnostics.eventing.reader.standardeventlevel',
    has: ['Level|LevelDisplayName', 'TimeCreated|ProviderName|ProviderGuid', 'EventID|EventId|Id|RecordId|Message'],
    roles: {
      timestamp: [
        'TimeCreated',
        'TimeCreated.SystemTime',
        'TimeGenerated',
        'EventTime',
        'SystemTime',
        '@timestamp',
        'timestamp',
      ],
      level: ['LevelDisplayName', 'Level'],
      service: ['ProviderName', 'Provider', 'Provider.Name', 'SourceName'],
      message: ['Message'],
    },
    scale: 'windows',
    examples: [
      {
        line: '{"TimeCreated":"2026-03-01T10:00:00.123Z","ProviderName":"Service Control Manager","Id":7036,"Level":4,"LevelDisplayName":"Information","Message":"Spooler running"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          service: 'Service Control Manager',
          message: 'Spooler running',
        },
      },
      {
        line: '{"TimeCreated":"\\/Date(1772359200123)\\/","ProviderName":"Disk","Id":153,"Level":2,"LevelDisplayName":"Fehler","Message":"E/A wiederholt"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'ERROR',
          service: 'Disk',
          message: 'E/A wiederholt',
        },
      },
    ],
  },
  {
    name: 'windows-event-csv',
    title: 'Windows Event Viewer, saved as CSV or text',
    family: 'systems',
    source: 'https://learn.microsoft.com/en-us/shows/inside/event-viewer',
    has: EVENT_VIEWER_HEADER,
    header: EVENT_VIEWER_HEADER,
    roles: {
      timestamp: ['Date and Time'],
      level: ['Level'],
      service: ['Source'],
      message: ['column_6', 'Message'],
    },
    examples: [
      {
        line: 'Level,Date and Time,Source,Event ID,Task Category\r\nInformation,3/1/2026 2:00:01 PM,Service Control Manager,7036,None,"The spooler\nis running."',
        record: {
          timestamp: '2026-03-01T14:00:01.000Z',
          level: 'INFO',
          service: 'Service Control Manager',
          message: 'The spooler\nis running.',
        },
      },
    ],
  },
  {
    name: 'otel-windows-event',
    title: 'Windows events of the OpenTelemetry Collector',
    family: 'systems',
    source:
      'https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/windowseventlogreceiver',
    has: ['system_time', 'level', 'channel|provider'],
    roles: { timestamp: ['system_time'], level: ['level'], service: ['provider.name'], message: ['message'] },
    examples: [
      {
        line: '{"channel":"System","computer":"pc1","event_id":{"id":153,"qualifiers":0},"level":"Warning","message":"retried","provider":{"name":"Disk"},"system_time":"2026-03-01T10:00:00.123456700Z"}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'WARN', service: 'Disk', message: 'retried' },
      },
    ],
  },
  {
    name: 'winlogbeat',
    title: 'Winlogbeat',
    family: 'systems',
    source: 'https://www.elastic.co/docs/reference/beats/winlogbeat/exported-fields-winlog',
    has: ['@timestamp', 'winlog'],
    roles: {
      timestamp: ['@timestamp'],
      level: ['log.level'],
      service: ['winlog.provider_name', 'event.provider'],
      message: ['message'],
      source: ['source.ip'],
    },
    examples: [
      {
        line: '{"@timestamp":"2026-03-01T10:00:00.123Z","winlog":{"event_id":"7036","provider_name":"Service Control Manager","channel":"System"},"log":{"level":"information"},"event":{"code":"7036"},"message":"Spooler running"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          service: 'Service Control Manager',
          message: 'Spooler running',
        },
      },
    ],
  },
  {
    name: 'windows-event-xml-json',
    title: 'Windows events, XML as JSON (evtx_dump)',
    family: 'systems',
    source: 'https://learn.microsoft.com/en-us/windows/win32/wes/eventschema-systempropertiestype-complextype',
    has: ['Event.System.TimeCreated|System.TimeCreated'],
    roles: {
      timestamp: [
        'Event.System.TimeCreated.#attributes.SystemTime',
        'Event.System.TimeCreated.@SystemTime',
        'Event.System.TimeCreated.SystemTime',
        'System.TimeCreated.SystemTime',
      ],
      level: ['Event.System.Level', 'System.Level'],
      service: [
        'Event.System.Provider.#attributes.Name',
        'Event.System.Provider.@Name',
        'Event.System.Provider.Name',
        'System.Provider.Name',
      ],
      message: ['Event.RenderingInfo.Message'],
    },
    scale: 'windows',
    examples: [
      {
        line: '{"Event":{"System":{"Provider":{"#attributes":{"Name":"Disk"}},"EventID":153,"Level":3,"TimeCreated":{"#attributes":{"SystemTime":"2026-03-01T10:00:00.123456Z"}}}}}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'WARN', service: 'Disk' },
      },
    ],
  },
  {
    name: 'windows-event-log',
    title: 'Windows events of Get-EventLog as JSON',
    family: 'systems',
    source: 'https://learn.microsoft.com/en-us/dotnet/api/system.diagnostics.eventlogentrytype',
    has: ['EntryType', 'TimeGenerated|TimeWritten', 'Source|Message'],
    roles: {
      timestamp: ['TimeGenerated', 'TimeWritten'],
      level: ['EntryType'],
      service: ['Source'],
      message: ['Message'],
    },
    scale: 'windowsEntry',
    examples: [
      {
        line: '{"EntryType":2,"TimeGenerated":"\\/Date(1772359200000)\\/","Source":"Disk","EventID":153,"Message":"retried"}',
        record: { timestamp: '2026-03-01T10:00:00.000Z', level: 'WARN', service: 'Disk', message: 'retried' },
      },
    ],
  },
  {
    name: 'azure-windows-event',
    title: 'Windows events of Azure Monitor (table Event)',
    family: 'systems',
    source: 'https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/event',
    has: ['TimeGenerated', 'EventLevel|EventLevelName'],
    roles: {
      timestamp: ['TimeGenerated'],
      level: ['EventLevelName', 'EventLevel'],
      service: ['Source'],
      message: ['RenderedDescription'],
    },
    scale: 'windows',
    examples: [
      {
        line: '{"TimeGenerated":"2026-03-01T10:00:00.123Z","Source":"Disk","EventLog":"System","EventLevel":3,"EventLevelName":"Warning","RenderedDescription":"retried","EventID":153}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'WARN', service: 'Disk', message: 'retried' },
      },
    ],
  },
  {
    name: 'nxlog-json',
    title: 'NXLog (im_msvistalog and others, to_json)',
    family: 'systems',
    source: 'https://docs.nxlog.co/refman/current/im/msvistalog.html',
    has: ['EventTime', 'SeverityValue|Severity', 'SourceName|Hostname'],
    roles: {
      timestamp: ['EventTime'],
      level: ['Severity', 'SeverityValue'],
      service: ['SourceName'],
      message: ['Message'],
      source: ['IpAddress'],
    },
    scale: 'nxlog',
    examples: [
      {
        line: '{"EventTime":"2026-03-01T10:00:00.123456+00:00","Hostname":"pc1","EventType":"WARNING","SeverityValue":3,"Severity":"WARNING","EventID":153,"SourceName":"Disk","Channel":"System","Message":"retried"}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'WARN', service: 'Disk', message: 'retried' },
      },
    ],
  },
  {
    name: 'journald-json',
    title: 'journalctl -o json',
    family: 'systems',
    source: 'https://systemd.io/JOURNAL_EXPORT_FORMATS/',
    has: ['__REALTIME_TIMESTAMP|_SOURCE_REALTIME_TIMESTAMP', 'MESSAGE|PRIORITY|_PID|__CURSOR|_TRANSPORT'],
    roles: {
      timestamp: ['__REALTIME_TIMESTAMP', '_SOURCE_REALTIME_TIMESTAMP'],
      level: ['PRIORITY'],
      service: ['SYSLOG_IDENTIFIER', '_COMM', '_SYSTEMD_UNIT'],
      message: ['MESSAGE'],
    },
    scale: 'syslog',
    bytesAsText: true,
    examples: [
      {
        line: '{"__REALTIME_TIMESTAMP":"1772359200123456","PRIORITY":"3","SYSLOG_IDENTIFIER":"shop","_PID":"71","MESSAGE":[99,97,102,195,169]}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'ERROR', service: 'shop', message: 'café' },
      },
    ],
  },
  {
    name: 'rsyslog-json',
    title: 'rsyslog JSON templates',
    family: 'systems',
    source: 'https://www.rsyslog.com/doc/configuration/properties.html',
    has: ['syslogseverity|syslogseverity-text', 'programname|syslogtag|hostname|app-name'],
    roles: {
      timestamp: ['timereported', 'timegenerated', 'timestamp', '@timestamp'],
      level: ['syslogseverity-text', 'syslogseverity'],
      service: ['programname', 'app-name', 'syslogtag'],
      message: ['msg', 'message', 'rawmsg'],
    },
    scale: 'syslog',
    examples: [
      {
        line: '{"timereported":"2026-03-01T10:00:00.123456+00:00","hostname":"web1","programname":"shop","syslogseverity":"4","msg":"disk 91% full"}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'WARN', service: 'shop', message: 'disk 91% full' },
      },
    ],
  },
  {
    name: 'logstash-syslog',
    title: 'Syslog events of Logstash',
    family: 'systems',
    source: 'https://www.elastic.co/docs/reference/logstash/plugins/plugins-inputs-syslog',
    has: ['severity_label', 'severity', 'message'],
    roles: {
      timestamp: ['@timestamp', 'timestamp'],
      level: ['severity', 'severity_label'],
      service: ['program'],
      message: ['message'],
    },
    scale: 'syslog',
    examples: [
      {
        line: '{"@timestamp":"2026-03-01T10:00:00.123Z","@version":"1","severity":3,"severity_label":"Error","facility":16,"facility_label":"local0","program":"shop","logsource":"web1","message":"card declined"}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'ERROR', service: 'shop', message: 'card declined' },
      },
    ],
  },
  {
    name: 'syslog-ng-json',
    title: 'syslog-ng format-json',
    family: 'systems',
    source:
      'https://syslog-ng.github.io/admin-guide/110_Template_and_rewrite/000_Customize_message_format/005_Macros_of_syslog-ng',
    has: ['PROGRAM', 'PRIORITY|LEVEL|SEVERITY', 'MESSAGE|MSG'],
    roles: {
      timestamp: ['ISODATE', 'R_ISODATE', 'DATE'],
      level: ['PRIORITY', 'LEVEL', 'SEVERITY'],
      service: ['PROGRAM'],
      message: ['MESSAGE', 'MSG'],
      source: ['SOURCEIP'],
    },
    examples: [
      {
        line: '{"PROGRAM":"sshd","PRIORITY":"notice","PID":"71","MESSAGE":"session opened","HOST":"web1","FACILITY":"auth","ISODATE":"2026-03-01T11:00:00.123+01:00"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'NOTICE',
          service: 'sshd',
          message: 'session opened',
        },
      },
    ],
  },
  {
    name: 'suricata-eve',
    title: 'Suricata EVE',
    family: 'systems',
    source: 'https://docs.suricata.io/en/latest/output/eve/eve-json-format.html',
    has: ['timestamp', 'event_type', 'src_ip|flow_id|stats'],
    roles: {
      timestamp: ['timestamp'],
      message: ['alert.signature'],
      source: ['src_ip'],
      method: ['http.http_method'],
      path: ['http.url'],
      status: ['http.status'],
    },
    examples: [
      {
        line: '{"timestamp":"2026-03-01T10:00:00.123456+0000","event_type":"http","src_ip":"203.0.113.5","dest_ip":"10.0.0.7","http":{"hostname":"shop.example","url":"/lamp","http_method":"GET","status":200}}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          source: '203.0.113.5',
          method: 'GET',
          path: '/lamp',
          status: 200,
        },
      },
    ],
  },
  {
    name: 'zeek-json',
    title: 'Zeek, JSON',
    family: 'systems',
    source: 'https://docs.zeek.org/en/current/scripts/base/protocols/conn/main.zeek.html',
    has: ['ts', 'id.orig_h'],
    roles: { timestamp: ['ts'], source: ['id.orig_h'], method: ['method'], path: ['uri'], status: ['status_code'] },
    durations: { duration: 's' },
    notRoles: ['service'],
    examples: [
      {
        line: '{"ts":1772359200.123456,"uid":"C1","id.orig_h":"203.0.113.5","id.resp_h":"10.0.0.7","proto":"tcp","service":"http","duration":0.125}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', source: '203.0.113.5', responseTimeMs: 125 },
      },
    ],
  },
];
