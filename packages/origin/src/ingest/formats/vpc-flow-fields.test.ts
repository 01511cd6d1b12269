import { expect, test } from 'vitest';
import { readAll } from '../testing/read-all.ts';

const HEADER =
  'version vpc-id interface-id account-id srcaddr dstaddr srcport dstport pkt-srcaddr bytes start end tcp-flags log-status';
const ROW =
  '3 vpc-ab12 eni-12ab 123456789010 52.213.180.42 10.0.0.62 43416 5001 52.213.180.43 568 1566848875 1566848933 2 OK';

test('rows of a VPC flow log are read by the names of its header', async () => {
  const { records, summary } = await readAll(`${HEADER}\n${ROW}\n`);
  expect(summary).toMatchObject({ format: 'aws-vpc-flow-fields', records: 1, lines: 2, unparsed: 0 });
  expect(records).toMatchObject([
    {
      timestamp: '2019-08-26T19:47:55.000Z',
      level: 'UNKNOWN',
      source: '52.213.180.42',
      fields: {
        account: '123456789010',
        destination: '10.0.0.62',
        destination_port: 5001,
        tcp_flags: 2,
        log_status: 'OK',
      },
    },
  ]);
});

test.each([
  ['without a header', `${ROW}\n`],
  ['with a field that is not known', `${HEADER} color\n${ROW} red\n`],
  ['with an address that is not one', `${HEADER}\n${ROW.replace('10.0.0.62', 'ten')}\n`],
])('a row %s is not read', async (_what, text) => {
  const { records } = await readAll(text);
  expect(records.at(-1)).toMatchObject({ timestamp: null, source: null });
});
