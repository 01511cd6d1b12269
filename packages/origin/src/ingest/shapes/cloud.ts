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
];
