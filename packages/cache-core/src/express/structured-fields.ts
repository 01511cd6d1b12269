/** Serializes a text as a String of a structured field (RFC 9651, 4.1.6). Characters outside ASCII are percent-encoded. */
export function sfString(text: string): string {
  const ascii = text.toWellFormed().replaceAll(/[^ -~]+/g, encodeURIComponent);
  return `"${ascii.replaceAll(/["\\]/g, '\\$&')}"`;
}
