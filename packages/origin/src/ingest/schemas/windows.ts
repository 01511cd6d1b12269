import type { Schema } from './schema.ts';

/** The Event Viewer writes five names over rows of six columns; the sixth is the message. */
const EVENT_VIEWER_HEADER = ['Level', 'Date and Time', 'Source', 'Event ID', 'Task Category'];

/** Events of Windows, and what agents make of them. */
export const WINDOWS: readonly Schema[] = [
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
];
