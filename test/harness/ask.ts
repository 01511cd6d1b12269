import { Agent, request } from 'undici';

export interface Api {
  readonly url: string;
  waitForLog(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface Asked {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests assert what they read of the response
  readonly json: any;
}

const agent = new Agent({ connections: 256, headersTimeout: 90_000, bodyTimeout: 90_000 });

export async function ask(
  api: Api,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Asked> {
  const answer = await request(`${api.url}${path}`, {
    method,
    dispatcher: agent,
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, json: text === '' ? undefined : JSON.parse(text) };
}
