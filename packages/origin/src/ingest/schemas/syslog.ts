import type { Schema } from './schema.ts';

/** The journal and syslog as JSON. */
export const SYSLOG: readonly Schema[] = [
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
];
