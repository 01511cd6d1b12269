// The minimum cost of an in-process answer: a node:http server that only sends the same bytes and headers.
import { createServer } from 'node:http';

const { body, headers } = JSON.parse(process.env['BARE_ANSWER'] ?? '{}') as {
  body: string;
  headers: Record<string, string>;
};
const bytes = Buffer.from(body, 'base64');
const server = createServer((_request, response) => {
  response.writeHead(200, headers).end(bytes);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) console.log(`listening on http://127.0.0.1:${address.port}`);
});
