import type { Schema } from './schema.ts';

/** Sensors of a network. */
export const NETWORK: readonly Schema[] = [
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
