/** Remembers since when each of several states has its present value. */
export class Since {
  readonly #states = new Map<string, { readonly value: unknown; readonly at: string }>();

  /** Notes the value of a state. Returns the instant at which it was first seen with this value, as ISO 8601. */
  note(name: string, value: unknown): string {
    const known = this.#states.get(name);
    if (known !== undefined && known.value === value) return known.at;
    const at = new Date().toISOString();
    this.#states.set(name, { value, at });
    return at;
  }
}
