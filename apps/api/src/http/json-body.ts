import type { IncomingMessage } from 'node:http';
import express, { type RequestHandler, type Response } from 'express';
import { BodyTooLarge, InvalidInput, UnsupportedMediaType } from '../errors.ts';
import { sendContinue } from './expect.ts';

const MAX_BYTES = 1_048_576;

// `curl -d` labels every body as a form. The routes take JSON only, so such bodies are parsed as JSON.
const READ_AS_JSON = /^(application\/(.+\+)?json|application\/x-www-form-urlencoded|text\/plain)$/;

/**
 * Parses a JSON object of at most 1 MiB into `request.body`. A missing body counts as an empty object. A longer body is refused as soon
 * as its length is known, so that its sender does not keep the connection.
 */
export function jsonBody(): readonly RequestHandler[] {
  const read = express.json({ limit: MAX_BYTES, strict: false, type: () => true });
  return [refuseOtherTypes, refuseLongBodies, sendContinue, readBounded(read), expectObject];
}

const refuseLongBodies: RequestHandler = ({ headers }, _response, next) => {
  const length = headers['content-length'];
  if (length !== undefined && Number(length) > MAX_BYTES) throw tooLarge(length);
  next();
};

/** The reader of Express would read a chunked body beyond the limit to its end before it reports the error. */
function readBounded(read: RequestHandler): RequestHandler {
  return (request, response, next) => {
    if (request.headers['transfer-encoding'] === undefined) return void read(request, response, next);
    let received = 0;
    let isRead = false;
    const end = (error?: unknown): void => {
      request.off('data', count);
      if (!isRead) next(error);
      isRead = true;
    };
    const count = (chunk: Buffer): void => {
      received += chunk.length;
      if (received > MAX_BYTES) end(tooLarge('more'));
    };
    // Both listeners get every chunk: the first `data` is emitted after this call.
    request.on('data', count);
    void read(request, response, end);
  };
}

function tooLarge(actual: string): BodyTooLarge {
  return new BodyTooLarge(`expected a body of at most ${MAX_BYTES} bytes, got ${actual}`);
}

const refuseOtherTypes: RequestHandler = (request, _response, next) => {
  const type = mediaTypeOf(request);
  if (type !== null && !READ_AS_JSON.test(type))
    throw new UnsupportedMediaType('application/json', request.headers['content-type']);
  next();
};

const expectObject: RequestHandler = (request, _response, next) => {
  if (request.body === undefined) request.body = {};
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    const came = Array.isArray(body) ? 'an array' : JSON.stringify(body).slice(0, 80);
    throw new InvalidInput([{ field: 'body', detail: `expected a JSON object, got ${came}` }]);
  }
  next();
};

/** Returns the media type of a request's body in lower case, without parameters; null if the request has none. */
export function mediaTypeOf({ headers }: IncomingMessage): string | null {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() || null;
}

/** Sends a JSON answer that no cache may store. */
export function sendJson(response: Response, status: number, body: object): void {
  response
    .status(status)
    .set({ 'Cache-Control': 'no-store', 'Content-Type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(body));
}
