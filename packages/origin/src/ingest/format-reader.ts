/** Turns the bytes of a file (UTF-8, in pieces cut anywhere) into records, which it puts into its sink. */
export interface FormatReader {
  write(piece: Buffer): void;
  /** No more bytes: puts in what is left. */
  end(): void;
}
