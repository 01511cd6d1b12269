const LONGEST = 120;

/** Text from outside, for one log line: cut, and without characters that move the cursor or hide what follows. */
export function printable(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�').toWellFormed();
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST).toWellFormed()}…` : plain;
}
