import type { Client, Reply } from './client.ts';
import type { Answered, History, Version } from './history.ts';
import { nameOf, textOf } from './log-text.ts';

/** Problem codes of a rejected upload that leaves nothing behind. */
const REFUSED_CODES = new Set(['ORIGIN_BUSY', 'STARTING']);

/** Requests changes, and records responses and times. Never rejects; the history has the outcome. */
export class Writer {
  readonly #client: Client;
  readonly #history: History;

  constructor(client: Client, history: History) {
    this.#client = client;
    this.#history = history;
  }

  /** Uploads the subject's next version, which must be the subject's only upload in progress. */
  async upload(url: string, subject: number, lines: number, waitSeconds: number | null): Promise<Version> {
    const number = this.#history.of(subject).length;
    const name = nameOf(subject, number);
    const upload: Version['upload'] = { askedAt: performance.now(), answeredAt: null, answered: 'unknown' };
    const version: Version = {
      ...{ subject, number, name, lines, upload },
      ...{ fileId: null, indexedAt: null, indexedAppliedAt: null, deletion: null },
    };
    this.#history.add(version);
    const reply = await this.#answerTo('upload', () =>
      this.#client.upload(url, name, textOf(subject, number, lines), waitSeconds),
    );
    upload.answeredAt = performance.now();
    if (!reply) return version;
    if (reply.status === 201 || reply.status === 202) {
      version.fileId = reply.json.file.id;
      upload.answered = reply.json.invalidation.state;
      if (reply.status === 201) this.#noteFile(version, { ...reply.json.file, invalidation: reply.json.invalidation });
    } else if (reply.status === 422) this.#history.wrong.push(`${name} could not be indexed: ${reply.json.detail}`);
    else if (reply.status < 500 || REFUSED_CODES.has(reply.json?.code)) upload.answered = 'refused';
    return version;
  }

  /** Checks the progress of a version's ingest. Returns whether there is nothing more to learn. */
  async look(url: string, version: Version): Promise<boolean> {
    if (version.fileId === null || version.indexedAppliedAt !== null || version.deletion) return true;
    const reply = await this.#answerTo('file', () => this.#client.get(url, `/api/files/${version.fileId}`));
    if (reply?.status === 200) this.#noteFile(version, reply.json.file);
    else if (reply?.status === 404 && !version.deletion)
      this.#history.wrong.push(`${version.name} is missing, although its deletion was never requested`);
    return version.indexedAppliedAt !== null;
  }

  /** Requests a version's deletion, repeatedly if necessary. Returns whether it is done. */
  async delete(url: string, version: Version): Promise<boolean> {
    const isFirst = version.deletion === null;
    version.deletion ??= { askedAt: performance.now(), answeredAt: null, answered: 'unknown' };
    const { deletion } = version;
    const reply = await this.#answerTo('deletion', () => this.#client.delete(url, `/api/files/${version.fileId}`));
    if (reply?.status !== 200 && reply?.status !== 404) return false;
    if (reply.status === 404 && isFirst)
      this.#history.wrong.push(`${version.name} disappeared before its deletion was requested`);
    deletion.answeredAt = performance.now();
    // An earlier request deleted it, and its receipt was not received.
    const answered: Answered = reply.status === 404 ? 'pending' : reply.json.invalidation.state;
    deletion.answered = answered;
    return true;
  }

  async #answerTo(what: string, ask: () => Promise<Reply>): Promise<Reply | null> {
    try {
      const reply = await ask();
      if (reply.status >= 400) this.#history.countUnanswered(`${what}: ${reply.status} ${reply.json?.code ?? ''}`);
      return reply;
    } catch (error) {
      this.#history.countUnanswered(`${what}: ${error instanceof Error ? error.message : error}`);
      return null;
    }
  }

  #noteFile(version: Version, file: { status: string; line_count: number; invalidation: { state: string } }): void {
    const { name, lines } = version;
    const now = performance.now();
    if (file.status === 'failed') this.#history.wrong.push(`${name} failed`);
    if (file.status !== 'indexed') return;
    if (file.line_count !== lines) this.#history.wrong.push(`${name} has ${file.line_count} lines, expected ${lines}`);
    version.indexedAt ??= now;
    if (file.invalidation.state === 'applied') version.indexedAppliedAt ??= now;
  }
}
