import type { RequestListener } from 'node:http';
import { MalformedRequest } from '../errors.ts';
import type { OnAnswered } from './answered.ts';
import { answerEarly } from './early-answers.ts';
import { isReadableTarget } from './request-target.ts';

/** Answers targets that Express cannot route with a problem document; Express would send an HTML page. */
export function refuseUnreadableTargets(listener: RequestListener, onAnswered: OnAnswered): RequestListener {
  return (request, response) => {
    const target = request.url ?? '';
    if (isReadableTarget(target)) return listener(request, response);
    const detail = `expected a path or an http URL as request target, got ${JSON.stringify(target.slice(0, 100))}`;
    answerEarly(response, new MalformedRequest(detail), onAnswered);
  };
}
