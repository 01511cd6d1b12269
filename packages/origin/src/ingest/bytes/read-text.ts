import { PIECE_BYTES } from '../limits.ts';
import { storableText } from '../storable.ts';
import { type Compression, compressionOf, decompress } from './decompress.ts';
import { nameOf } from './encodings.ts';
import { Members } from './members.ts';
import { type Judgement, judge, type Refused, refusal, SAMPLE_BYTES } from './not-a-log.ts';
import { type ByteSource, peek } from './peek.ts';
import { type Found, Recoder } from './recoder.ts';
import { regroup } from './regroup.ts';
import { isTar } from './tar-header.ts';
import { untar } from './untar.ts';

const LF = 0x0a;
/** Maximum length of a member's name in its records; of a longer name the end is kept. */
const MAX_NAME_CHARACTERS = 1_024;
const LINE_END = Buffer.from('\n');
const NULS = Buffer.alloc(PIECE_BYTES);

type Peeked = Awaited<ReturnType<typeof peek>>;

/** How a file is packed, as `packing` names it. */
export type Packing = Compression | 'tar' | `tar+${Compression}`;

/** Facts about a file's bytes, complete once it has been read. */
export interface TextSummary {
  gzipped: boolean;
  packing: Packing | null;
  /** Encodings of the text, for example `utf-8` or `utf-8+utf-16le`. */
  encoding: string;
  /** NULs at the start of lines and runs of them inside lines, which are not part of any record. */
  droppedNulBytes: number;
  /** Number of files in a tar archive that are not text logs. */
  skippedMembers: number;
  /** Names some of them, with what they are. */
  skippedBecause: string | null;
}

interface TextOptions {
  readonly maxUnpackedBytes: number;
  /** Whether the bytes are lines of a stream: they are neither unpacked nor refused, and each line is in 8 bits. */
  readonly isOfStream: boolean;
}

/**
 * Reads the text of a file as UTF-8 in small pieces: unpacks it, recodes it, and drops NULs of padding. What it finds
 * depends on the bytes alone, not on their chunks.
 */
export class TextReader {
  readonly members = new Members();
  readonly #summary: TextSummary;
  readonly #options: TextOptions;

  constructor(summary: TextSummary, options: TextOptions) {
    this.#summary = summary;
    this.#options = options;
  }

  /**
   * Reads the source from its start. The summary is that of the latest read. Throws an `UnreadableFile` if the file is not
   * a text log, is damaged or exceeds a limit.
   */
  async *read(source: ByteSource): AsyncGenerator<Buffer> {
    this.members.restart();
    const found: Found = { encodings: new Set(), droppedNulBytes: 0 };
    for await (const piece of this.#options.isOfStream ? linesOf(source, found) : this.#unpacked(source, found)) {
      yield piece;
      this.#note(found);
    }
    this.#note(found);
  }

  #note(found: Found): void {
    const summary = this.#summary;
    summary.encoding = nameOf(found.encodings);
    summary.droppedNulBytes = found.droppedNulBytes;
    summary.skippedMembers = this.members.skipped;
    summary.skippedBecause = this.members.skippedBecause;
  }

  async *#unpacked(source: ByteSource, found: Found): AsyncGenerator<Buffer> {
    const outer = await peek(regroup(source, PIECE_BYTES), 1);
    const compression = compressionOf(outer.head);
    this.#summary.packing = compression;
    this.#summary.gzipped = compression === 'gzip';
    if (compression === null) return yield* this.#fromTarOrText(outer, '', found);
    const unpacked = decompress(outer.all, compression, this.#options.maxUnpackedBytes);
    const inner = await peek(regroup(unpacked, PIECE_BYTES), 1);
    yield* this.#fromTarOrText(inner, ` in the ${compression} data`, found);
  }

  async *#fromTarOrText({ head, all }: Peeked, where: string, found: Found): AsyncGenerator<Buffer> {
    if (!isTar(head)) {
      const { judgement, pieces } = await begin(all, found);
      if (judgement.kind === 'refused') throw refusal(judgement.as, where);
      return yield* recode(pieces, new Recoder(found, judgement.order));
    }
    const { packing } = this.#summary;
    this.#summary.packing = packing === 'gzip' || packing === 'zstd' ? `tar+${packing}` : 'tar';
    yield* this.#fromTar(all, found);
  }

  async *#fromTar(archive: ByteSource, found: Found): AsyncGenerator<Buffer> {
    let at = 0;
    for await (const { name, content } of untar(archive)) {
      const { judgement, pieces } = await begin(regroup(content, PIECE_BYTES), found);
      if (judgement.kind === 'refused') {
        this.members.skip(name, judgement.as.what);
        continue;
      }
      this.members.begin(at, storableText(shortened(name)));
      let last: number | undefined;
      for await (const piece of recode(pieces, new Recoder(found, judgement.order))) {
        at += piece.length;
        last = piece.at(-1) ?? last;
        yield piece;
      }
      if (last === undefined || last === LF) continue;
      at++;
      yield LINE_END;
    }
    const { skippedBecause, hasText } = this.members;
    if (!hasText && skippedBecause !== null) throw refusal(archiveOf(skippedBecause), '');
  }
}

function archiveOf(skipped: string): Refused {
  return { what: `a tar archive in which no file is a text log (${skipped})`, todo: 'upload the logs as text' };
}

/** Judges what the data is. The judgement takes the NULs at the start, which may be many, as padding. */
async function begin(source: ByteSource, found: Found): Promise<{ judgement: Judgement; pieces: ByteSource }> {
  const { head, all } = await peek(withoutNulPieces(source, found), 2 * SAMPLE_BYTES);
  return { judgement: judge(head), pieces: all };
}

async function* withoutNulPieces(source: ByteSource, found: Found): AsyncGenerator<Buffer> {
  let isStart = true;
  for await (const piece of source) {
    isStart &&= piece.length === NULS.length && piece.equals(NULS);
    if (isStart) found.droppedNulBytes += piece.length;
    else yield piece;
  }
}

async function* linesOf(source: ByteSource, found: Found): AsyncGenerator<Buffer> {
  yield* recode(regroup(source, PIECE_BYTES), new Recoder(found, null, { isEightBit: true }));
}

async function* recode(source: ByteSource, recoder: Recoder): AsyncGenerator<Buffer> {
  for await (const piece of source) yield* recoder.write(piece);
  yield* recoder.end();
}

/** Returns the end of a name that is too long, marked by an ellipsis. */
function shortened(name: string): string {
  return name.length > MAX_NAME_CHARACTERS ? `\u2026${name.slice(1 - MAX_NAME_CHARACTERS)}` : name;
}
