import type { Extent, Level } from '@pilotlight/contracts';
import { storableText } from './ingest/storable.ts';
import type { LogRecord } from './log-record.ts';

/**
 * A scope may name at most this many services, with at most this many characters of JSON: each job of an event carries
 * them.
 */
const MAX_SERVICES = 100;
const MAX_SERVICES_LENGTH = 5_000;
/** Queries cannot ask for a longer service name. */
const MAX_SERVICE_LENGTH = 200;

/** Collects the extent of a file's records (time, levels, services) while the records pass by. */
export class RecordExtent {
  #records = 0;
  #dated = 0;
  #first: string | null = null;
  #last: string | null = null;
  readonly #levels = new Set<Level>();
  /** Service names as the records carry them; null if there are too many to list. */
  #services: Set<string> | null = new Set();

  get records(): number {
    return this.#records;
  }

  get dated(): number {
    return this.#dated;
  }

  get extent(): Extent {
    const services = this.#services && namesOf(this.#services);
    return {
      records: this.#records,
      // Instants are whole milliseconds.
      time:
        this.#first === null || this.#last === null
          ? null
          : { from: Date.parse(this.#first), to: Date.parse(this.#last) + 1 },
      hasUndated: this.#dated < this.#records,
      levels: [...this.#levels].sort(),
      ...(services && { services }),
    };
  }

  add(records: readonly LogRecord[]): void {
    this.#records += records.length;
    for (const { timestamp, level, service } of records) {
      this.#levels.add(level);
      if (service !== null) this.#addService(service);
      if (timestamp === null) continue;
      this.#dated += 1;
      // All timestamps have the same length and a year from 1 to 9999, so comparing them as text compares them as
      // times.
      if (this.#first === null || timestamp < this.#first) this.#first = timestamp;
      if (this.#last === null || timestamp > this.#last) this.#last = timestamp;
    }
  }

  #addService(service: string): void {
    if (this.#services === null || service.length > MAX_SERVICE_LENGTH) return;
    this.#services.add(service);
    if (this.#services.size > MAX_SERVICES) this.#services = null;
  }
}

/** Returns the names as the store writes them, or null if they are too long together. */
function namesOf(services: ReadonlySet<string>): string[] | null {
  const names = [...new Set([...services].map(storableText))].sort();
  return JSON.stringify(names).length > MAX_SERVICES_LENGTH ? null : names;
}
