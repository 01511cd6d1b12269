import type { AsyncLocalStorage } from 'node:async_hooks';
import { type Channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { diag } from '@opentelemetry/api';

/** The subscriptions to the cache's channels, which can be ended together. */
export class Subscriptions {
  readonly #undo: (() => void)[] = [];

  /** Reports an error of the handler to OpenTelemetry's `diag`; otherwise Node would end the process. */
  on<Message>(name: string | symbol, handle: (message: Message) => void): void {
    const listener = (message: unknown) => {
      try {
        handle(message as Message);
      } catch (error) {
        diag.error(`reporting ${String(name)} to OpenTelemetry failed`, error);
      }
    };
    subscribe(name, listener);
    this.#undo.push(() => unsubscribe(name, listener));
  }

  /** Sets the store's value during each run of a tracing channel. */
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
