import type { Schema } from './schema.ts';

/** Operating systems. */
export const SYSTEMS: readonly Schema[] = [
  {
    name: 'windows-event',
    title: 'Windows events (Get-WinEvent | ConvertTo-Json, Fluent Bit winevtlog)',
    family: 'systems',
    source: 'https://learn.microsoft.com/en-us/dotnet/api/system.diagnostics.eventing.reader.standardeventlevel',
    has: ['TimeCreated', 'Level|LevelDisplayName', 'ProviderName|Provider|LogName|Channel|Message'],
    roles: {
      timestamp: ['TimeCreated'],
      level: ['LevelDisplayName', 'Level'],
      service: ['ProviderName', 'Provider'],
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
];
