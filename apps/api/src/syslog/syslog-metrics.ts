import { Counts, type Specs } from '@pilotlight/runtime';

export const SYSLOG_METRICS = {
  messages: {
    name: 'pilotlight_syslog_messages_total',
    kind: 'counter',
    help: 'Syslog messages that this api has accepted',
    labels: ['transport'],
  },
  dropped: {
    name: 'pilotlight_syslog_dropped_total',
    kind: 'counter',
    help: 'Syslog messages, and connections, that this api has dropped: too long, buffer full, too many connections, too slow',
    labels: ['transport', 'reason'],
  },
} as const satisfies Specs;

type Reason = 'too long' | 'buffer full' | 'too many connections' | 'too slow';
export type Transport = 'tcp' | 'udp';

/** Counts the messages of the syslog listener. */
export class SyslogCounts {
  readonly #messages = new Counts(SYSLOG_METRICS.messages.labels);
  readonly #dropped = new Counts(SYSLOG_METRICS.dropped.labels);

  constructor() {
    for (const transport of ['tcp', 'udp'] as const) this.#messages.add({ transport }, 0);
    this.#dropped.add({ transport: 'udp', reason: 'buffer full' }, 0);
  }

  accepted(transport: Transport): void {
    this.#messages.add({ transport });
  }

  dropped(transport: Transport, reason: Reason): void {
    this.#dropped.add({ transport, reason });
  }

  points() {
    return { messages: this.#messages.points(), dropped: this.#dropped.points() };
  }
}
