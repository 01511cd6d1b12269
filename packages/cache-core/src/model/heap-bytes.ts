/**
 * Sizes of V8 on a 64-bit machine without pointer compression, as in Node. A word has 8 bytes. An object takes 3 words (shape,
 * properties, elements) and one per member, an array 4 words and 2 for the header of its elements, a string 2 words and its
 * characters, a number that is not a 32-bit integer 2 words.
 */
const OBJECT_BYTES = 24;
const EMPTY_OBJECT_BYTES = 56;
const ARRAY_BYTES = 32;
const ELEMENTS_BYTES = 16;
const WORD_BYTES = 8;
const NUMBER_BYTES = 16;
/** An object with at least this number of members is a hash table: 3 words per slot, with a third or more of the slots free. */
const MIN_TABLE_MEMBERS = 128;
const TABLE_PLACE_BYTES = 24;
/** Measured bytes per member of an object whose shape no other object shares: with up to 20 members, and with more. */
const OWN_SHAPE_MEMBER_BYTES = [110, 165] as const;
/** Measured: in JSON that is all Latin-1, V8 stores equal strings of up to this length once per value. */
const MAX_SHARED_TEXT_LENGTH = 9;
/** The first N short words of a value count as words that all answers share: levels, states, names of services. */
const FEW_WORDS = 16;
/** Maximum distinct short strings of a value that are remembered. Each occurrence of a further one counts. */
const MAX_SHARED_TEXTS = 1_000;

/**
 * Deeply freezes a value that was parsed from JSON and returns its approximate size on the heap in bytes. It walks the value
 * once and without recursion, so that no depth exhausts the stack.
 *
 * @param isLatin1 whether the JSON text has only Latin-1 characters
 */
export function freeze(root: unknown, isLatin1: boolean): number {
  const todo: object[] = [];
  const shapes = new Set<string>();
  const shared = new Set<string>();
  let bytes = 0;
  const add = (member: unknown): void => {
    if (typeof member === 'string') {
      if (!isLatin1) bytes += bytesOfText(member);
      else if (member.length > MAX_SHARED_TEXT_LENGTH || isNew(member, shared)) bytes += bytesOfChars(member.length);
    } else if (typeof member === 'number') bytes += (member | 0) === member ? 0 : NUMBER_BYTES;
    else if (typeof member === 'object' && member !== null) todo.push(member);
  };
  add(root);
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const members: unknown[] = Array.isArray(next) ? next : Object.values(next);
    bytes += Array.isArray(next) ? bytesOfArray(members.length) : bytesOfObject(next, members.length, shapes);
    for (let i = 0; i < members.length; i++) add(members[i]);
    Object.freeze(next);
  }
  return bytes;
}

/** Returns whether a short string takes bytes of its own. V8 holds every single-character string already. */
function isNew(text: string, shared: Set<string>): boolean {
  if (text.length < 2 || shared.has(text)) return false;
  if (shared.size < MAX_SHARED_TEXTS) shared.add(text);
  return shared.size > FEW_WORDS || isData(text);
}

/** Returns the heap bytes of a string: one per character if it is all Latin-1, otherwise two. */
export function bytesOfText(text: string): number {
  return bytesOfChars(/[^\0-\xff]/.test(text) ? 2 * text.length : text.length);
}

/** Returns the heap bytes of an array of strings. */
export function bytesOfTexts(texts: readonly string[]): number {
  return texts.reduce((bytes, text) => bytes + bytesOfText(text), bytesOfArray(texts.length));
}

function bytesOfArray(length: number): number {
  return ARRAY_BYTES + (length === 0 ? 0 : ELEMENTS_BYTES + WORD_BYTES * length);
}

/** @param shapes the first member names of the objects visited before in the same value */
function bytesOfObject(object: object, members: number, shapes: Set<string>): number {
  if (members === 0) return EMPTY_OBJECT_BYTES;
  const isTable = members >= MIN_TABLE_MEMBERS;
  const bytes = OBJECT_BYTES + (isTable ? bytesOfTable(members) : WORD_BYTES * members);
  const first = firstName(object);
  if (shapes.has(first)) return bytes;
  shapes.add(first);
  if (!isData(first)) return bytes;
  if (isTable) return bytes + Object.keys(object).reduce((sum, name) => sum + bytesOfText(name), 0);
  return bytes + members * OWN_SHAPE_MEMBER_BYTES[members <= 20 ? 0 : 1];
}

function bytesOfTable(members: number): number {
  return TABLE_PLACE_BYTES * 2 ** Math.ceil(Math.log2(1.5 * members));
}

function firstName(object: object): string {
  for (const name in object) return name;
  return '';
}

/** Returns whether a name or string looks like data (an id, a date, an address) rather than a word that other values share. */
function isData(name: string): boolean {
  return /\d/.test(name);
}

/** Returns the bytes of a header and the characters, rounded up to whole words. */
function bytesOfChars(bytes: number): number {
  return (bytes + 23) & ~7;
}
