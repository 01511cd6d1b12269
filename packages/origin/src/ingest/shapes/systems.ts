import type { Shape } from './shape.ts';

/** A priority, of which one digit is the level alone, or the facility and the level of `dmesg --decode`. */
const KERNEL_PREFIX =
  '(?:<(?<level>[0-7])>|<(?<priority>\\d{2,3})>|(?<facility>[a-z]\\w{2,7}) {0,8}:(?<level>emerg|alert|crit|err|warn|notice|info|debug) {0,4}: )';

/** Operating systems, clusters and devices. */
export const SYSTEMS: readonly Shape[] = [
  {
    name: 'dmesg',
    title: 'Linux kernel ring buffer (dmesg)',
    family: 'systems',
    source: 'https://man7.org/linux/man-pages/man1/dmesg.1.html',
    // Seconds since the start of the machine are not an instant.
    pattern: `(?:${KERNEL_PREFIX}?\\[ {0,10}(?<uptime_s>\\d{1,10}\\.\\d{6})\\]|${KERNEL_PREFIX}\\[(?<timestamp>[A-Z][a-z]{2} [A-Z][a-z]{2} [ \\d]\\d \\d{2}:\\d{2}:\\d{2} \\d{4})\\]) %{GREEDYDATA:message}`,
    levels: { 0: 'FATAL', 1: 'FATAL', 2: 'FATAL', 3: 'ERROR', 4: 'WARN', 5: 'NOTICE', 6: 'INFO', 7: 'DEBUG' },
    examples: [
      {
        line: '[    1.234567] usb 1-1: new high-speed USB device number 2 using xhci_hcd',
        record: {
          timestamp: null,
          level: 'UNKNOWN',
          message: 'usb 1-1: new high-speed USB device number 2 using xhci_hcd',
          fields: { uptime_s: '1.234567' },
        },
      },
      {
        line: 'kern  :err   : [   12.345679] ata1: error',
        record: { level: 'ERROR', message: 'ata1: error', fields: { facility: 'kern' } },
      },
      {
        line: '<4>[Sun Mar  1 10:00:00 2026] ACPI: Error',
        record: { timestamp: '2026-03-01T10:00:00.000Z', level: 'WARN', message: 'ACPI: Error' },
      },
    ],
  },
  {
    name: 'journalctl-short-full',
    title: 'journalctl --output=short-full',
    family: 'systems',
    source: 'https://www.freedesktop.org/software/systemd/man/latest/journalctl.html#short-full',
    pattern:
      '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<timestamp>\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}(?:\\.\\d{6})? (?:[A-Z]{3,5}|[+-]\\d{2,4})) (?<host>[^ ]{1,255}) (?<service>[^ :\\[]{1,128})(?:\\[(?<pid>\\d{1,10})\\])?: %{GREEDYDATA:message}',
    examples: [
      {
        line: 'Sun 2026-03-01 10:00:00 UTC web1 sshd[12]: Accepted password for anna',
        record: {
          timestamp: '2026-03-01T10:00:00.000Z',
          service: 'sshd',
          message: 'Accepted password for anna',
          fields: { host: 'web1', pid: '12' },
        },
      },
    ],
  },
  {
    name: 'windows-cbs',
    title: 'Windows Component Based Servicing (CBS.log)',
    family: 'systems',
    source:
      'https://learn.microsoft.com/en-us/troubleshoot/windows-server/installing-updates-features-roles/analyze-sfc-program-log-file-entries',
    pattern:
      '%{TIMESTAMP_ISO8601:timestamp}, (?<level>Info|Warning|Error) {1,24}(?<service>[A-Z][A-Za-z0-9]{1,15})? {1,24}%{GREEDYDATA:message}',
    examples: [
      {
        line: '2016-09-28 04:30:30, Info                  CBS    Loaded Servicing Stack v6.1.7601.23505',
        record: {
          timestamp: '2016-09-28T04:30:30.000Z',
          level: 'INFO',
          service: 'CBS',
          message: 'Loaded Servicing Stack v6.1.7601.23505',
        },
      },
    ],
  },
  {
    name: 'journal-unix',
    title: 'journalctl --output=short-unix',
    family: 'systems',
    source: 'https://www.freedesktop.org/software/systemd/man/latest/journalctl.html',
    // Without the process number only the kernel is certain: an application may write a level and a name too.
    pattern:
      '(?<timestamp>\\d{10}\\.\\d{6}) (?<host>(?!TRACE |DEBUG |INFO |NOTICE |WARN |WARNING |ERR |ERROR |CRIT |FATAL )(?!trace |debug |info |notice |warn |warning |err |error |crit |fatal )[\\w.-]{1,255}) (?:(?<service>kernel)|(?<service>[^\\s\\[\\]:]{1,128})\\[(?<pid>\\d{1,10})\\]): %{GREEDYDATA:message}',
    examples: [
      {
        line: '1772359200.123456 web1 sshd[12]: Accepted publickey for anna',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          service: 'sshd',
          message: 'Accepted publickey for anna',
          fields: { host: 'web1', pid: '12' },
        },
      },
      {
        line: '1772359201.123456 web1 kernel: eth0: up',
        record: { timestamp: '2026-03-01T10:00:01.123Z', service: 'kernel', message: 'eth0: up' },
      },
    ],
  },
  {
    name: 'bgl',
    title: 'Blue Gene/L RAS log',
    family: 'systems',
    source: 'https://github.com/logpai/loghub/tree/master/BGL',
    // The second instant is the local time of the machine without a zone; the first is seconds since 1970.
    pattern:
      '(?<label>\\S{1,32}) %{NONNEGINT:timestamp} \\d{4}\\.\\d{2}\\.\\d{2} (?<node>\\S{1,64}) (?<local_time>\\d{4}-\\d{2}-\\d{2}-\\d{2}\\.\\d{2}\\.\\d{2}\\.\\d{1,6}) \\S{1,64} (?<type>RAS|NULL) (?<service>[A-Z]{1,20}) (?<level>INFO|WARNING|SEVERE|ERROR|FAILURE|FATAL)(?: %{GREEDYDATA:message})?',
    levels: { FAILURE: 'FATAL' },
    examples: [
      {
        line: '- 1117838570 2005.06.03 R02-M1-N0-C:J12-U11 2005-06-03-15.42.50.675872 R02-M1-N0-C:J12-U11 RAS KERNEL INFO instruction cache parity error corrected',
        record: {
          timestamp: '2005-06-03T22:42:50.000Z',
          level: 'INFO',
          service: 'KERNEL',
          message: 'instruction cache parity error corrected',
        },
      },
    ],
  },
  {
    name: 'thunderbird',
    title: 'Thunderbird supercomputer syslog',
    family: 'systems',
    source: 'https://github.com/logpai/loghub/tree/master/Thunderbird',
    pattern:
      '(?<label>\\S{1,32}) %{NONNEGINT:timestamp} \\d{4}\\.\\d{2}\\.\\d{2} (?<node>\\S{1,64}) [A-Z][a-z]{2} {1,2}\\d{1,2} \\d{2}:\\d{2}:\\d{2} (?<location>\\S{1,128}) (?:(?<service>[^\\s:\\[]{1,128})(?:\\[(?<pid>\\d{1,10})\\])?: ?)?%{GREEDYDATA:message}',
    examples: [
      {
        line: '- 1131566461 2005.11.09 dn228 Nov 9 12:01:01 dn228/dn228 crond(pam_unix)[2915]: session closed for user root',
        record: {
          timestamp: '2005-11-09T20:01:01.000Z',
          service: 'crond(pam_unix)',
          message: 'session closed for user root',
          fields: { pid: '2915', location: 'dn228/dn228' },
        },
      },
    ],
  },
  {
    name: 'hpc',
    title: 'High performance cluster at LANL',
    family: 'systems',
    source: 'https://github.com/logpai/loghub/tree/master/HPC',
    pattern:
      '(?<log_id>\\d{1,10}) (?<node>\\S{1,64}) (?<service>[\\w.-]{1,64}) (?<state>[\\w.-]{1,64}) (?<timestamp>\\d{10}) (?<flag>\\d{1,4}) %{GREEDYDATA:message}',
    examples: [
      {
        line: '134681 node-246 unix.hw state_change.unavailable 1077804742 1 Component State Change: Component \\042alt0\\042 is in the unavailable state (HWID=3180)',
        record: { timestamp: '2004-02-26T14:12:22.000Z', service: 'unix.hw', fields: { node: 'node-246', flag: '1' } },
      },
    ],
  },
  {
    name: 'healthapp',
    title: 'Huawei HealthApp',
    family: 'systems',
    source: 'https://github.com/logpai/loghub/tree/master/HealthApp',
    // Numbers are not padded: 56 after the last colon is 56 ms.
    pattern:
      '(?<date>\\d{8})-(?<hour>\\d{1,2}):(?<minute>\\d{1,2}):(?<second>\\d{1,2}):(?<millisecond>\\d{1,3})\\|(?<service>[\\w.-]{1,64})\\|(?<pid>\\d{1,12})\\|%{GREEDYDATA:message}',
    instant: '{date} {hour:2}:{minute:2}:{second:2}.{millisecond:3}',
    examples: [
      {
        line: '20171223-22:15:29:606|Step_LSC|30002312|onExtend:1514038530000 14 0 4',
        record: {
          timestamp: '2017-12-23T22:15:29.606Z',
          service: 'Step_LSC',
          message: 'onExtend:1514038530000 14 0 4',
          fields: { pid: '30002312' },
        },
      },
      { line: '20171223-0:5:9:56|Step_LSC|30002312|a', record: { timestamp: '2017-12-23T00:05:09.056Z' } },
    ],
  },
  {
    name: 'proxifier',
    title: 'Proxifier',
    family: 'systems',
    source: 'https://github.com/logpai/loghub/tree/master/Proxifier',
    pattern:
      '\\[(?<month>\\d{2})\\.(?<day>\\d{2}) (?<time>\\d{2}:\\d{2}:\\d{2})\\] (?<service>[^ ]{1,128})(?: (?<bits>\\*\\d{2}))? - %{GREEDYDATA:message}',
    instant: '{month}-{day} {time}',
    examples: [
      {
        line: '[10.30 16:49:06] chrome.exe - proxy.cse.cuhk.edu.hk:5070 open through proxy proxy.cse.cuhk.edu.hk:5070 HTTPS',
        record: { timestamp: '2025-10-30T16:49:06.000Z', service: 'chrome.exe' },
      },
      {
        line: '[10.30 16:49:06] Dropbox.exe *64 - client.dropbox.com:443 close, 0 bytes sent',
        record: { service: 'Dropbox.exe', message: 'client.dropbox.com:443 close, 0 bytes sent' },
      },
    ],
  },
];
