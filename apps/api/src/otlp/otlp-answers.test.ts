import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ApiError, InsufficientStorage } from '../errors.ts';
import { sendStatus } from './otlp-answers.ts';

test.for([
  [new InsufficientStorage('STORAGE_FULL', 'the disk is full'), 503],
  [new ApiError({ code: 'UPLOAD_TOO_LARGE', detail: 'too large' }), 413],
] as const)('an exporter sends a batch again only if that can help: %s', ([error, status]) => {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  sendStatus(response, error);
  expect(response.statusCode).toBe(status);
});
