import type { Writable } from 'node:stream';

/** How many bytes of log wait for a reader that is slow or frozen. */
export const MAX_PENDING_LOG_BYTES = 8 << 20;

/** A destination of log lines that neither blocks nor grows without end if its reader is slow, frozen or gone. */
interface BoundedOutput {
  write(line: string): void;
}

/**
 * Writes lines to a stream. Lines that come while more than `MAX_PENDING_LOG_BYTES` bytes wait are dropped; `onDropped` gets their
 * number before the next line that is written. Once the reader is gone, all lines are dropped.
 */
export function boundedOutput(stream: Writable, onDropped: (lines: number) => void): BoundedOutput {
  // Several loggers may write to one stream.
  if (!stream.listeners('error').includes(ignoreLostReader)) stream.on('error', ignoreLostReader);
  let dropped = 0;
  return {
    write: (line) => {
      if (!stream.writable || stream.writableLength > MAX_PENDING_LOG_BYTES) {
        dropped += 1;
        return;
      }
      const lines = dropped;
      dropped = 0;
      if (lines > 0) onDropped(lines);
      stream.write(line);
    },
  };
}

function ignoreLostReader(): void {
  // The place where the error could be reported is the one that is lost.
}
