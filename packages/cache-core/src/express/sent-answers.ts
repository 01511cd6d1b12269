import type { ServerResponse } from 'node:http';
import type { SentAnswer } from './send-answer.ts';

const sentAnswers = new WeakMap<ServerResponse, SentAnswer>();

export function noteSent(response: ServerResponse, sent: SentAnswer): void {
  sentAnswers.set(response, sent);
}

/** Returns the answer of a cached route that Express sent with this response; undefined if another handler answered. */
export function sentAnswerOf(response: ServerResponse): SentAnswer | undefined {
  return sentAnswers.get(response);
}
