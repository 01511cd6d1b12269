import type { AsyncLocalStorage } from 'node:async_hooks';
import { type Channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { diag } from '@opentelemetry/api';

/** What listens to the cache's channels, to be taken off all of them at once. */
export class Subscriptions {
  readonly #undo: (() => void)[] = [];

  /** A handler that throws is told to OpenTelemetry's `diag`: Node would end the process. */
  on<Message>(name: string | symbol, handle: (message: Message) => void): void {
    const hear = (message: unknown) => {
      try {
        handle(message as Message);
      } catch (error) {
        diag.error(`telling OpenTelemetry of ${String(name)} failed`, error);
      }
    };
    subscribe(name, hear);
    this.#undo.push(() => unsubscribe(name, hear));
  }

  /** Gives the store a value for the time of each run of a tracing channel. */
  bind<Trace, Value>(start: Channel<Trace, Value>, store: AsyncLocalStorage<Value>, of: (trace: Trace) => Value): void {
    start.bindStore(store, of);
    this.#undo.push(() => start.unbindStore(store));
  }

  also(undo: () => void): void {
    this.#undo.push(undo);
  }

  stop(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }
}
