import type { Shape } from './shape.ts';

/** The three times of a request at a load balancer; -1 if the request did not reach that step. */
const LOAD_BALANCER_TIMES = {
  columns: ['request_processing_time', 'target_processing_time', 'response_processing_time'],
  unit: 's',
} as const;
const TIMES =
  '%{NUMBER:request_processing_time:float} %{NUMBER:target_processing_time:float} %{NUMBER:response_processing_time:float}';

/** Access logs and flow logs of cloud services. */
export const CLOUD: readonly Shape[] = [
  {
    name: 'aws-alb',
    title: 'AWS Application Load Balancer',
    family: 'cloud',
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html',
    // Columns were added at the end over the years, so all after the trace identifier are optional.
    pattern:
      '(?<type>https?|h2|grpcs|wss?) %{TIMESTAMP_ISO8601:timestamp} %{NOTSPACE:load_balancer} %{NOTSPACE:source} ' +
      `%{NOTSPACE:target} ${TIMES} %{NOTSPACE:status} %{NOTSPACE:target_status} ` +
      '%{NOTSPACE:received_bytes:int} %{NOTSPACE:sent_bytes:int} %{QS:request} %{QS:user_agent} %{NOTSPACE:ssl_cipher} ' +
      '%{NOTSPACE:ssl_protocol} %{NOTSPACE:target_group} %{QS:trace_id}' +
      '(?: %{QS:domain_name} %{QS:certificate}(?: %{NOTSPACE:rule_priority} %{NOTSPACE:request_created_at} %{QS:actions}' +
      '(?: %{QS:redirect_url}(?: %{QS:error_reason}(?: %{GREEDYDATA:rest})?)?)?)?)?',
    durationSum: LOAD_BALANCER_TIMES,
    examples: [
      {
        line:
          'https 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.086 ' +
          '0.048 0.037 200 200 0 57 "GET https://www.example.com:443/cart?id=1 HTTP/1.1" "curl/7.46.0" ' +
          'ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/web/73e2 ' +
          '"Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "arn:aws:acm:us-east-2:123456789012:certificate/1" ' +
          '1 2018-07-02T22:22:48.364000Z "authenticate,forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1234abcd',
        record: {
          timestamp: '2018-07-02T22:23:00.186Z',
          level: 'INFO',
          source: '192.168.131.39',
          method: 'GET',
          path: '/cart?id=1',
          status: 200,
          responseTimeMs: 171,
          fields: {
            load_balancer: 'app/my-loadbalancer/50dc6c495c0c9188',
            user_agent: 'curl/7.46.0',
            received_bytes: 0,
          },
        },
      },
      {
        line:
          'http 2018-11-30T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 [2001:db8::7]:2817 - 0.000 -1 -1 502 - 34 ' +
          '366 "- http://www.example.com:80- -" "-" - - - "-"',
        record: {
          timestamp: '2018-11-30T22:23:00.186Z',
          level: 'ERROR',
          source: '2001:db8::7',
          method: null,
          path: null,
          status: 502,
          responseTimeMs: null,
        },
      },
    ],
  },
  {
    name: 'aws-s3-access',
    title: 'Amazon S3 server access log',
    family: 'cloud',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html',
    pattern:
      '%{NOTSPACE:bucket_owner} %{NOTSPACE:bucket} \\[%{HTTPDATE:timestamp}\\] %{NOTSPACE:source} %{NOTSPACE:requester} ' +
      '%{NOTSPACE:request_id} (?<operation>[A-Z][A-Z0-9]*\\.[^ ]+) %{NOTSPACE:key} (?:%{QS:request}|-) ' +
      '(?<status>\\d{3}|-) %{NOTSPACE:error_code} %{NOTSPACE:bytes_sent:int} %{NOTSPACE:object_size:int} ' +
      '%{NOTSPACE:duration_ms} %{NOTSPACE:turn_around_ms:int} (?:%{QS:referer}|-) (?:%{QS:user_agent}|-)(?: %{GREEDYDATA:rest})?',
    examples: [
      {
        line:
          '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be amzn-s3-demo-bucket1 ' +
          '[06/Feb/2019:00:00:38 +0000] 192.0.2.3 - 3E57427F3EXAMPLE REST.GET.OBJECT img/lamp.jpg ' +
          '"GET /amzn-s3-demo-bucket1/img/lamp.jpg HTTP/1.1" 404 NoSuchKey 113 - 7 - "-" "S3Console/0.4" - ' +
          's9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4 ' +
          'ECDHE-RSA-AES128-GCM-SHA256 AuthHeader amzn-s3-demo-bucket1.s3.us-west-1.amazonaws.com TLSV1.2 - -',
        record: {
          timestamp: '2019-02-06T00:00:38.000Z',
          level: 'WARN',
          source: '192.0.2.3',
          method: 'GET',
          path: '/amzn-s3-demo-bucket1/img/lamp.jpg',
          status: 404,
          responseTimeMs: 7,
          fields: { operation: 'REST.GET.OBJECT', error_code: 'NoSuchKey', bytes_sent: 113 },
        },
      },
    ],
  },
  {
    name: 'aws-elb',
    title: 'AWS Classic Load Balancer',
    family: 'cloud',
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html',
    pattern:
      `%{TIMESTAMP_ISO8601:timestamp} %{NOTSPACE:load_balancer} %{NOTSPACE:source} %{NOTSPACE:target} ${TIMES} ` +
      '%{NOTSPACE:status} %{NOTSPACE:target_status} %{NOTSPACE:received_bytes:int} %{NOTSPACE:sent_bytes:int} %{QS:request}' +
      '(?: %{QS:user_agent} %{NOTSPACE:ssl_cipher} %{NOTSPACE:ssl_protocol})?',
    durationSum: LOAD_BALANCER_TIMES,
    examples: [
      {
        line:
          '2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000086 0.001048 0.001337 200 200 ' +
          '0 57 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" DHE-RSA-AES128-SHA TLSv1.2',
        record: {
          timestamp: '2015-05-13T23:39:43.945Z',
          level: 'INFO',
          source: '192.168.131.39',
          method: 'GET',
          path: '/',
          status: 200,
          responseTimeMs: 2.471,
        },
      },
      {
        line:
          '2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.001069 0.000028 0.000041 - - 82 ' +
          '305 "- - - " "-" - -',
        record: { level: 'UNKNOWN', status: null, method: null, path: null, responseTimeMs: 1.138 },
      },
    ],
  },
  {
    name: 'aws-nlb-tls',
    title: 'AWS Network Load Balancer, TLS listeners',
    family: 'cloud',
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html',
    pattern:
      '(?<type>tls) (?<version>\\d\\.\\d) %{TIMESTAMP_ISO8601:timestamp} %{NOTSPACE:load_balancer} %{NOTSPACE:listener} ' +
      '%{NOTSPACE:source} %{NOTSPACE:target} %{NOTSPACE:connection_ms:int} %{NOTSPACE:handshake_ms:int} ' +
      '%{NOTSPACE:received_bytes:int} %{NOTSPACE:sent_bytes:int} %{NOTSPACE:tls_alert} %{GREEDYDATA:rest}',
    examples: [
      {
        line:
          'tls 2.0 2018-12-20T02:59:40 net/my-network-loadbalancer/c6e77e28c25b2234 g3d4b5e8bb8464cd 72.21.218.154:51341 ' +
          '172.100.100.185:443 5 2 98 246 - arn:aws:acm:us-east-2:671290407336:certificate/2a108f19 - ' +
          'ECDHE-RSA-AES128-SHA tlsv12 - my-network-loadbalancer-c6e77e28c25b2234.elb.us-east-2.amazonaws.com - - - -',
        record: {
          timestamp: '2018-12-20T02:59:40.000Z',
          level: 'UNKNOWN',
          source: '72.21.218.154',
          fields: { connection_ms: 5, handshake_ms: 2 },
        },
      },
    ],
  },
  {
    name: 'aws-vpc-flow',
    title: 'AWS VPC flow log, version 2',
    family: 'cloud',
    source: 'https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html',
    pattern:
      '2 (?<account>\\d{12}|unknown) (?<interface>eni-[0-9a-f]+) %{NOTSPACE:source} %{NOTSPACE:destination} ' +
      '%{NOTSPACE:source_port:int} %{NOTSPACE:destination_port:int} %{NOTSPACE:protocol:int} %{NOTSPACE:packets:int} ' +
      '%{NOTSPACE:bytes:int} (?<timestamp>\\d{10}) (?<end>\\d{10}) (?<action>ACCEPT|REJECT|-) ' +
      '(?<log_status>OK|NODATA|SKIPDATA)',
    examples: [
      {
        line:
          '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ' +
          'ACCEPT OK',
        record: {
          timestamp: '2014-12-14T04:06:50.000Z',
          level: 'UNKNOWN',
          source: '172.31.16.139',
          fields: { destination: '172.31.16.21', destination_port: 22, bytes: 4249, action: 'ACCEPT' },
        },
      },
      {
        line: '2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA',
        record: { timestamp: '2015-05-10T18:01:16.000Z', source: null, fields: { log_status: 'NODATA' } },
      },
    ],
  },
];
