import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { onTestFinished } from 'vitest';

/** Collects all messages of a plain channel, until the test ends. */
export function messages<Message>(name: string): Message[] {
  const heard: Message[] = [];
  const hear = (message: unknown) => heard.push(message as Message);
  subscribe(name, hear);
  onTestFinished(() => void unsubscribe(name, hear));
  return heard;
}

/** An event of a tracing channel, with a copy of its object at that moment. */
interface Heard<Trace> {
  readonly event: string;
  readonly trace: Trace;
  readonly held: Trace;
}

/** Collects all events of a tracing channel, until the test ends. */
export function events<Trace extends object>(name: string): Heard<Trace>[] {
  const heard: Heard<Trace>[] = [];
  for (const event of ['start', 'asyncEnd', 'error']) {
    const hear = (message: unknown) => {
      const trace = message as Trace;
      heard.push({ event, trace, held: { ...trace } });
    };
    subscribe(`tracing:${name}:${event}`, hear);
    onTestFinished(() => void unsubscribe(`tracing:${name}:${event}`, hear));
  }
  return heard;
}
