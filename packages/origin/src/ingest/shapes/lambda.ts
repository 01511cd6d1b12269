import type { Shape } from './shape.ts';

const LEVEL = '(?<level>TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)';
/** Outside of a request, Node.js writes the word and Python nothing. */
const REQUEST_ID = '(?:undefined|(?<request_id>%{UUID})?)';

/** Lines that the runtimes of AWS Lambda write as text. */
export const LAMBDA: readonly Shape[] = [
  {
    name: 'aws-lambda-node',
    title: 'AWS Lambda, Node.js',
    family: 'cloud',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html',
    pattern: `%{TIMESTAMP_ISO8601:timestamp}\\t${REQUEST_ID}\\t${LEVEL}\\t%{GREEDYDATA:message}`,
    examples: [
      {
        line: '2026-03-01T10:00:00.123Z\t8f5b5f3c-1c1a-4a7a-9c5a-0d3b1f2e3a4b\tERROR\tInvoke Error',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'ERROR',
          message: 'Invoke Error',
          fields: { request_id: '8f5b5f3c-1c1a-4a7a-9c5a-0d3b1f2e3a4b' },
        },
      },
      {
        line: '2026-03-01T10:00:00.123Z\tundefined\tINFO\tstarted',
        record: { level: 'INFO', message: 'started' },
      },
    ],
  },
  {
    name: 'aws-lambda-python',
    title: 'AWS Lambda, Python',
    family: 'cloud',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html',
    // The runtime writes milliseconds without zeros before them: .5 is 5 ms.
    pattern: `\\[${LEVEL}\\]\\t(?<second>\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2})\\.(?<millisecond>\\d{1,3})Z\\t${REQUEST_ID}\\t%{GREEDYDATA:message}`,
    instant: '{second}.{millisecond:3}Z',
    examples: [
      {
        line: '[ERROR]\t2026-03-01T10:00:01.123Z\t8f5b5f3c-1c1a-4a7a-9c5a-0d3b1f2e3a4b\tcard declined',
        record: { timestamp: '2026-03-01T10:00:01.123Z', level: 'ERROR', message: 'card declined' },
      },
      {
        line: '[WARNING]\t2026-03-01T10:00:01.5Z\t\tslow',
        record: { timestamp: '2026-03-01T10:00:01.005Z', level: 'WARN', message: 'slow' },
      },
    ],
  },
];
