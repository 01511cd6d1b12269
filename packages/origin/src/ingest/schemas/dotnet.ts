import type { Schema } from './schema.ts';

/** Loggers of .NET. */
export const DOTNET: readonly Schema[] = [
  {
    name: 'serilog-compact',
    title: 'Serilog compact (CLEF)',
    family: 'applications',
    source: 'https://clef-json.org',
    has: ['@t'],
    roles: {
      timestamp: ['@t'],
      level: ['@l'],
      service: ['Application', 'ApplicationName', 'SourceContext'],
      message: ['@m', '@mt'],
      source: ['ClientIp', 'RemoteIpAddress'],
      method: ['RequestMethod'],
      path: ['RequestPath'],
      status: ['StatusCode'],
    },
    durations: { Elapsed: 'ms' },
    levelIfAbsent: 'INFO',
    examples: [
      {
        line: '{"@t":"2026-03-01T10:00:00.1234567Z","@mt":"Order {Id} opened","Id":17,"SourceContext":"Shop.Cart"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          service: 'Shop.Cart',
          message: 'Order {Id} opened',
        },
      },
      {
        line: '{"@t":"2026-03-01T10:00:01.1234567Z","@m":"card declined","@l":"Error","@x":"System.Exception: declined"}',
        record: { timestamp: '2026-03-01T10:00:01.123Z', level: 'ERROR', message: 'card declined' },
      },
    ],
  },
];
