import type { Schema } from './schema.ts';

/** The variables of nginx under their own and other common names. */
const NGINX_ROLES = {
  timestamp: ['msec', 'time_iso8601', 'time_local', '@timestamp', 'timestamp', 'time', 'ts'],
  source: ['remote_addr', 'clientip', 'client_ip', 'remote_ip', 'client'],
  method: ['request_method', 'method'],
  path: ['request_uri', 'uri', 'url', 'path', 'request'],
  status: ['status', 'response_code', 'http_status', 'response', 'code'],
};

/** nginx and Apache, whose JSON has the names that an administrator gave. */
export const WEB_SERVERS: readonly Schema[] = [
  {
    name: 'nginx-json-upstream',
    title: 'nginx access log, JSON with its times renamed',
    family: 'proxies',
    source: 'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#variables',
    has: [
      'responsetime|response_time|duration',
      'upstreamtime|upstreamhost|upstream_addr|upstream_response_time|upstream_status|upstream_time',
      'status|response_code|http_status|response|code',
    ],
    roles: NGINX_ROLES,
    durations: { request_time: 's', responsetime: 's', response_time: 's', duration: 's' },
    examples: [
      {
        line: '{"@timestamp":"2026-03-01T11:00:00+01:00","host":"10.0.0.1","clientip":"203.0.113.5","size":3,"responsetime":0.125,"upstreamtime":"0.125","upstreamhost":"10.0.0.2:80","url":"/lamp","status":"404"}',
        record: {
          timestamp: '2026-03-01T10:00:00.000Z',
          level: 'WARN',
          source: '203.0.113.5',
          path: '/lamp',
          status: 404,
          responseTimeMs: 125,
        },
      },
    ],
  },
  {
    name: 'nginx-json',
    title: 'nginx access log (log_format … escape=json)',
    family: 'proxies',
    source: 'https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format',
    has: [
      'status|response_code|http_status|response|code',
      'time_local|time_iso8601|msec|body_bytes_sent|http_user_agent|http_referer|http_referrer|upstream_response_time|upstreamtime|' +
        'upstream_time|upstream_addr|upstream_status|upstreamhost|http_x_forwarded_for|remote_user|server_protocol|request_length',
      'remote_addr|clientip|client_ip|remote_ip|client|request|request_uri|uri|url|request_method|method',
    ],
    roles: NGINX_ROLES,
    durations: { request_time: 's', upstream_response_time: 's' },
    examples: [
      {
        line: '{"time_iso8601":"2026-03-01T11:00:00+01:00","remote_addr":"203.0.113.5","request":"GET /lamp HTTP/1.1","status":"200","request_time":"0.125","upstream_response_time":"0.120, 0.005"}',
        record: {
          timestamp: '2026-03-01T10:00:00.000Z',
          level: 'INFO',
          source: '203.0.113.5',
          method: 'GET',
          path: '/lamp',
          status: 200,
          responseTimeMs: 125,
        },
      },
    ],
  },
  {
    name: 'nginx-json-request-time',
    title: 'nginx access log, JSON, known by a $request_time of three decimals',
    family: 'proxies',
    source: 'https://nginx.org/en/docs/http/ngx_http_log_module.html#var_request_time',
    has: ['request_time', 'status|response_code|http_status|response|code'],
    values: { request_time: /^\d{1,9}\.\d{3}$/ },
    roles: NGINX_ROLES,
    durations: { request_time: 's' },
    examples: [
      {
        line: '{"ts":"1772359200.123","client":"203.0.113.5","method":"GET","path":"/lamp","status":"200","request_time":"0.125"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          source: '203.0.113.5',
          method: 'GET',
          path: '/lamp',
          status: 200,
          responseTimeMs: 125,
        },
      },
    ],
  },
  {
    name: 'apache-json',
    title: 'Apache access log, JSON LogFormat (%D is microseconds, %T seconds)',
    family: 'proxies',
    source: 'https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats',
    has: ['remoteIP|remoteIp|remote_host|remotehost|h|a', 'method|m|request|r', 'status|s|>s'],
    roles: {
      timestamp: ['time', 'timestamp', '@timestamp', 't'],
      source: ['remoteIP', 'remoteIp', 'a', 'remote_host', 'remotehost', 'h'],
      method: ['method', 'm'],
      path: ['request', 'path', 'uri', 'url', 'U', 'r'],
      status: ['status', '>s', 's'],
    },
    durations: { D: 'us', T: 's', duration_us: 'us', microseconds: 'us' },
    examples: [
      {
        line: '{"time":"2026-03-01T10:00:00.123+0000","remoteIP":"203.0.113.5","host":"shop.example","request":"/lamp","query":"","method":"GET","status":"200","D":"12500"}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          source: '203.0.113.5',
          method: 'GET',
          path: '/lamp',
          status: 200,
          responseTimeMs: 12.5,
        },
      },
    ],
  },
];
