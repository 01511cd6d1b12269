import type {
  Append,
  AppendReply,
  AppliedByAll,
  Following,
  InvalidationLog,
  InvalidationRecord,
  RegisteredFollower,
  Renewal,
  Snapshot,
} from '../ports/invalidation-log.ts';
import type { Link } from './link.ts';

const WHAT = 'the invalidation log';

/** The commands of the log's server that a connection sends. */
export interface MemoryLogCommands {
  readonly maxLeaseMs: number;
  readonly isTrusted: boolean;
  append(append: Append): AppendReply;
  renew(follower: Following): Renewal;
  snapshot(knownEpoch: number): Snapshot;
  readAfter(epoch: number, position: number): InvalidationRecord[];
  waitAfter(epoch: number, position: number, answer: (records: InvalidationRecord[]) => void): () => void;
  publishApplied(follower: { id: string; epoch: number; applied: number }): void;
  register(epoch: number): ReadonlyMap<string, RegisteredFollower> | null;
  drop(id: string, epoch: number, renewals?: number): void;
  onApplied(listener: (proof: AppliedByAll) => void): () => void;
}

/** The connection of one process to the log in memory. */
export class MemoryLog implements InvalidationLog {
  readonly link: Link;
  /** Blocking requests use a separate connection, as in production. */
  readonly #stream: Link;
  readonly #server: MemoryLogCommands;
  readonly #blockMs: number;

  /**
   * `MemoryLogServer.connect` makes it.
   *
   * @param blockMs how long the server keeps a request for records that do not exist yet
   * @internal
   */
  constructor(server: MemoryLogCommands, link: Link, stream: Link, blockMs: number) {
    this.#server = server;
    this.link = link;
    this.#stream = stream;
    this.#blockMs = blockMs;
  }

  get maxLeaseMs(): number {
    return this.#server.maxLeaseMs;
  }

  get isTrusted(): boolean {
    return this.#server.isTrusted;
  }

  append(append: Append): Promise<AppendReply> {
    return this.link.call(WHAT, () => this.#server.append(append));
  }

  renew(follower: Following): Promise<Renewal> {
    return this.link.call(WHAT, () => this.#server.renew(follower));
  }

  snapshot(knownEpoch: number): Promise<Snapshot> {
    return this.link.call(WHAT, () => this.#server.snapshot(knownEpoch));
  }

  readAfter(epoch: number, position: number): Promise<InvalidationRecord[]> {
    return this.link.call(WHAT, () => this.#server.readAfter(epoch, position));
  }

  async waitAfter(epoch: number, position: number): Promise<InvalidationRecord[]> {
    return (
      (await this.#stream.wait<InvalidationRecord[]>(WHAT, this.#blockMs, (answer) =>
        this.#server.waitAfter(epoch, position, answer),
      )) ?? []
    );
  }

  publishApplied(follower: { id: string; epoch: number; applied: number }): Promise<void> {
    return this.link.call(WHAT, () => this.#server.publishApplied(follower));
  }

  register(epoch: number): Promise<ReadonlyMap<string, RegisteredFollower> | null> {
    return this.link.call(WHAT, () => this.#server.register(epoch));
  }

  leave(id: string, epoch: number): Promise<void> {
    return this.link.call(WHAT, () => this.#server.drop(id, epoch));
  }

  drop(id: string, epoch: number, renewals: number): Promise<void> {
    return this.link.call(WHAT, () => this.#server.drop(id, epoch, renewals));
  }

  onApplied(listener: (proof: AppliedByAll) => void): () => void {
    return this.#server.onApplied((proof) => this.#stream.notify(() => listener(proof)));
  }
}
