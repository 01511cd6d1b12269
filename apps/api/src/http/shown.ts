const MAX_CHARACTERS = 80;

/** Returns a client's value as text for a message, shortened to 80 characters. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string' && value.length > MAX_CHARACTERS) return `${value.length} characters`;
  const text = JSON.stringify(value);
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}

/** Returns a field name that a client sent, shortened to 80 characters. */
export function shownName(name: string): string {
  return name.length > MAX_CHARACTERS ? `${name.slice(0, MAX_CHARACTERS)}…` : name;
}
