import type { Schema } from './schema.ts';

/** Amazon Web Services. */
export const AWS: readonly Schema[] = [
  {
    name: 'aws-cloudtrail',
    title: 'AWS CloudTrail',
    family: 'cloud',
    source:
      'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html',
    has: ['eventVersion', 'eventTime', 'eventSource', 'eventName'],
    roles: {
      timestamp: ['eventTime'],
      service: ['eventSource'],
      message: ['errorMessage'],
      source: ['sourceIPAddress'],
    },
    examples: [
      {
        line: '{"eventVersion":"1.08","eventTime":"2026-03-01T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","sourceIPAddress":"203.0.113.5","errorCode":"AccessDenied","errorMessage":"Access Denied"}',
        record: {
          timestamp: '2026-03-01T10:00:00.000Z',
          service: 's3.amazonaws.com',
          message: 'Access Denied',
          source: '203.0.113.5',
        },
      },
    ],
  },
  {
    name: 'aws-lambda-platform',
    title: 'AWS Lambda platform events (JSON)',
    family: 'cloud',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html',
    has: ['time', 'type', 'record'],
    values: { type: /^platform\.[a-zA-Z]{1,40}$/, record: 'object' },
    roles: { timestamp: ['time'] },
    durations: { 'record.metrics.durationMs': 'ms' },
    examples: [
      {
        line: '{"time":"2026-03-01T10:00:00.123Z","type":"platform.report","record":{"requestId":"r1","metrics":{"durationMs":101.51,"billedDurationMs":300},"status":"success"}}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', responseTimeMs: 101.51 },
      },
    ],
  },
  {
    name: 'aws-lambda-json',
    title: 'AWS Lambda application logs (JSON)',
    family: 'cloud',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html',
    has: ['timestamp', 'level', 'requestId|AWSRequestId', 'message'],
    values: { level: 'text' },
    roles: {
      timestamp: ['timestamp'],
      level: ['level'],
      service: ['service'],
      message: ['message', 'message.message', 'message.msg', 'errorMessage'],
    },
    examples: [
      {
        line: '{"timestamp":"2026-03-01T10:00:00.123Z","level":"WARN","requestId":"r1","message":"disk 91% full"}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'WARN', message: 'disk 91% full' },
      },
    ],
  },
  {
    name: 'aws-waf',
    title: 'AWS WAF',
    family: 'cloud',
    source: 'https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html',
    has: ['timestamp', 'webaclId', 'action', 'httpRequest'],
    roles: {
      timestamp: ['timestamp'],
      service: ['httpSourceName'],
      source: ['httpRequest.clientIp'],
      method: ['httpRequest.httpMethod'],
      path: ['httpRequest.uri'],
      status: ['responseCodeSent'],
    },
    examples: [
      {
        line: '{"timestamp":1772359200123,"formatVersion":1,"webaclId":"arn:aws:wafv2:x","action":"BLOCK","httpSourceName":"ALB","httpRequest":{"clientIp":"203.0.113.5","uri":"/lamp","httpMethod":"GET"},"responseCodeSent":403}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'WARN',
          service: 'ALB',
          source: '203.0.113.5',
          method: 'GET',
          path: '/lamp',
          status: 403,
        },
      },
    ],
  },
  {
    name: 'aws-api-gateway',
    title: 'Amazon API Gateway access log (JSON)',
    family: 'cloud',
    source: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html',
    has: ['requestId', 'requestTime|requestTimeEpoch', 'httpMethod', 'status'],
    roles: {
      timestamp: ['requestTimeEpoch', 'requestTime'],
      source: ['ip', 'sourceIp'],
      method: ['httpMethod'],
      path: ['path', 'resourcePath'],
      status: ['status'],
    },
    durations: { responseLatency: 'ms', integrationLatency: 'ms' },
    examples: [
      {
        line: '{"requestId":"r1","ip":"203.0.113.5","requestTime":"01/Mar/2026:10:00:00 +0000","httpMethod":"GET","path":"/lamp","status":"200","responseLatency":"12"}',
        record: {
          timestamp: '2026-03-01T10:00:00.000Z',
          level: 'INFO',
          source: '203.0.113.5',
          method: 'GET',
          path: '/lamp',
          status: 200,
          responseTimeMs: 12,
        },
      },
    ],
  },
  {
    name: 'aws-alb-json',
    title: 'AWS Application Load Balancer, as JSON or table',
    family: 'cloud',
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html',
    has: ['elb_status_code', 'target_processing_time|backend_processing_time'],
    roles: {
      timestamp: ['time', 'timestamp'],
      service: ['elb'],
      source: ['client_ip', 'client:port', 'client'],
      method: ['request_verb', 'request_method'],
      path: ['request_url', 'request'],
      status: ['elb_status_code'],
    },
    durations: { target_processing_time: 's', backend_processing_time: 's' },
    examples: [
      {
        line: '{"type":"h2","time":"2026-03-01T10:00:00.135052Z","elb":"app/shop/50dc","client_ip":"203.0.113.7","client_port":50599,"target_processing_time":0.052,"elb_status_code":200,"target_status_code":"200","request_verb":"GET","request_url":"https://shop.example:443/cart"}',
        record: {
          timestamp: '2026-03-01T10:00:00.135Z',
          level: 'INFO',
          service: 'app/shop/50dc',
          source: '203.0.113.7',
          method: 'GET',
          path: 'https://shop.example:443/cart',
          status: 200,
          responseTimeMs: 52,
        },
      },
    ],
  },
  {
    name: 'aws-cloudfront-json',
    title: 'Amazon CloudFront (JSON)',
    family: 'cloud',
    source: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html',
    has: ['x-edge-location', 'sc-status'],
    roles: {
      timestamp: ['timestamp(ms)', 'timestamp'],
      source: ['c-ip'],
      method: ['cs-method'],
      path: ['cs-uri-stem'],
      status: ['sc-status'],
    },
    durations: { 'time-taken': 's' },
    examples: [
      {
        line: '{"date":"2026-03-01","time":"10:00:00","x-edge-location":"FRA50","c-ip":"203.0.113.5","cs-method":"GET","cs-uri-stem":"/lamp","sc-status":"200","time-taken":"0.125"}',
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
];
