const LONGEST = 120;

/** Returns external text for a log line: shortened, and without characters that move the cursor or hide the rest of the line. */
export function printable(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�').toWellFormed();
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST).toWellFormed()}…` : plain;
}
