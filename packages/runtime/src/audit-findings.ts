import { type AuditFinding, auditFindingSchema } from '@pilotlight/contracts';
import type { QueueConnection } from './queue-connection.ts';

const KEY = 'pilotlight:audit-findings';
const MAX_FINDINGS = 100;

/** The latest stale answers that auditors found, in the queue server. Rejects while the server is unreachable. */
export class AuditFindings {
  readonly #connection: QueueConnection;

  constructor(connection: QueueConnection) {
    this.#connection = connection;
  }

  async record(finding: AuditFinding): Promise<void> {
    const replies = await this.#connection
      .multi()
      .lpush(KEY, JSON.stringify(finding))
      .ltrim(KEY, 0, MAX_FINDINGS - 1)
      .exec();
    for (const [error] of replies ?? []) if (error) throw error;
  }

  /** Returns the latest findings, newest first. Those that this version cannot read are skipped. */
  async latest(limit: number): Promise<readonly AuditFinding[]> {
    const texts = await this.#connection.lrange(KEY, 0, limit - 1);
    return texts.flatMap((text) => findingIn(text) ?? []);
  }
}

function findingIn(text: string): AuditFinding | null {
  try {
    return auditFindingSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
