import type { Shape } from './shape.ts';

/** The local time, and the zone if the device writes it. */
const TIME = '%{MONTH} {1,2}\\d{1,2}(?: \\d{4})? \\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,6})?(?: [A-Z]{3,5})?';

/** Devices of networks. */
export const NETWORK: readonly Shape[] = [
  {
    name: 'cisco-ios',
    title: 'Cisco IOS system messages',
    family: 'systems',
    source: 'https://www.cisco.com/c/en/us/td/docs/routers/access/wireless/software/guide/SysMsgLogging.html',
    // A clock that was never set begins at a date of its own, and the star says so: such a time names no instant.
    pattern:
      '(?:<\\d{1,3}>)?(?:(?<sequence>\\d{1,10}): )?(?:\\*(?<unset_clock>' +
      `${TIME})|\\.?(?<timestamp>${TIME})): %(?<service>[A-Z][A-Z0-9_]{0,31}(?:-[A-Z][A-Z0-9_]{0,31})?)-(?<level>[0-7])-(?<mnemonic>[A-Z0-9_]{1,64}): %{GREEDYDATA:message}`,
    levels: { 0: 'FATAL', 1: 'FATAL', 2: 'FATAL', 3: 'ERROR', 4: 'WARN', 5: 'NOTICE', 6: 'INFO', 7: 'DEBUG' },
    examples: [
      {
        line: '<187>45: Mar  1 10:00:01.123: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down',
        record: {
          timestamp: '2026-03-01T10:00:01.123Z',
          level: 'ERROR',
          service: 'LINK',
          message: 'Interface GigabitEthernet0/1, changed state to down',
          fields: { sequence: '45', mnemonic: 'UPDOWN' },
        },
      },
      {
        line: '*Mar  1 00:00:11: %SYS-5-CONFIG_I: Configured from console by vty2 (10.34.195.36)',
        record: { timestamp: null, level: 'NOTICE', service: 'SYS', fields: { unset_clock: 'Mar  1 00:00:11' } },
      },
      {
        line: '000045: .Mar  1 2026 10:00:03.123 UTC: %LINEPROTO-5-UPDOWN: Line protocol changed state to up',
        record: { timestamp: '2026-03-01T10:00:03.123Z', level: 'NOTICE', service: 'LINEPROTO' },
      },
    ],
  },
];
