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
  {
    name: 'serilog-json',
    title: 'Serilog JsonFormatter',
    family: 'applications',
    source: 'https://github.com/serilog/serilog/wiki/Formatting-Output',
    has: ['Timestamp', 'Level', 'MessageTemplate|RenderedMessage'],
    roles: {
      timestamp: ['Timestamp'],
      level: ['Level'],
      service: ['Properties.Application', 'Properties.SourceContext'],
      message: ['RenderedMessage', 'MessageTemplate', 'MessageTemplate.Text'],
      method: ['Properties.RequestMethod'],
      path: ['Properties.RequestPath'],
      status: ['Properties.StatusCode'],
    },
    durations: { 'Properties.Elapsed': 'ms', 'Properties.ElapsedMilliseconds': 'ms' },
    examples: [
      {
        line: '{"Timestamp":"2026-03-01T11:00:00.1234567+01:00","Level":"Error","MessageTemplate":"HTTP {RequestMethod} {RequestPath} failed","Properties":{"RequestMethod":"GET","RequestPath":"/lamp","StatusCode":500,"Elapsed":12.5,"SourceContext":"Shop"}}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'ERROR',
          service: 'Shop',
          message: 'HTTP {RequestMethod} {RequestPath} failed',
          method: 'GET',
          path: '/lamp',
          status: 500,
          responseTimeMs: 12.5,
        },
      },
    ],
  },
  {
    name: 'dotnet-console-json',
    title: '.NET JSON console',
    family: 'applications',
    source: 'https://learn.microsoft.com/en-us/dotnet/core/extensions/logging/console-log-formatter#json',
    has: ['EventId', 'LogLevel', 'Category', 'Message'],
    roles: {
      timestamp: ['Timestamp'],
      level: ['LogLevel'],
      service: ['Category'],
      message: ['Message'],
      method: ['State.Method'],
      path: ['State.Path'],
      status: ['State.StatusCode'],
    },
    durations: { 'State.ElapsedMilliseconds': 'ms' },
    scale: 'dotnet',
    examples: [
      {
        line: '{"Timestamp":"2026-03-01T10:00:00.1234567Z","EventId":2,"LogLevel":"Critical","Category":"Shop.Pay","Message":"no payments","State":{"Message":"no payments"}}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'FATAL', service: 'Shop.Pay', message: 'no payments' },
      },
    ],
  },
  {
    name: 'nlog-json',
    title: 'NLog JsonLayout',
    family: 'applications',
    source: 'https://github.com/NLog/NLog/wiki/JsonLayout',
    has: ['time', 'level', 'logger', 'message'],
    values: { level: 'text' },
    roles: { timestamp: ['time'], level: ['level'], service: ['logger'], message: ['message'] },
    examples: [
      {
        line: '{ "time": "2026-03-01 10:00:00.1230", "level": "WARN", "logger": "Shop.Cart", "message": "cart is full" }',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'WARN',
          service: 'Shop.Cart',
          message: 'cart is full',
        },
      },
    ],
  },
];
