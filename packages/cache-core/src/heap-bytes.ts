/**
 * What V8 takes on a 64-bit machine without pointer compression, as in Node: words of 8 bytes; an object has 3 of them
 * (shape, properties, elements) and one per member, an array 4 and 2 for the header of its elements, a text 2, a number
 * that is no 32-bit integer 2 of its own.
 */
const OBJECT_BYTES = 24;
const EMPTY_OBJECT_BYTES = 56;
const ARRAY_BYTES = 32;
const ELEMENTS_BYTES = 16;
const WORD_BYTES = 8;
const NUMBER_BYTES = 16;
/** An object with as many members is a hash table: 3 words in each of its places, of which a third or more are free. */
const FEWEST_TABLE_MEMBERS = 128;
const TABLE_PLACE_BYTES = 24;
/** What each member takes of an object that shares its shape with no other, measured: of a few, and of more than 20. */
const OWN_SHAPE_MEMBER_BYTES = [110, 165] as const;
/** Parsed from JSON that is all Latin-1, a text no longer than this is there once, however often a value has it: measured. */
const LONGEST_SHARED_TEXT = 9;
/** So many of them, if they are words, are taken for those that all answers have: levels, states, names of services. */
const FEW_WORDS = 16;
/** Distinct short texts of a value that are told apart; those beyond count as often as they come. */
const MOST_SHARED_TEXTS = 1_000;

/**
 * Freezes a value that came from JSON, in depth, and answers about how many bytes of heap it takes: in one walk, without
 * recursion, so that no depth exhausts the stack. `isLatin1`: it was parsed from a text of nothing but Latin-1.
 */
export function freeze(root: unknown, isLatin1: boolean): number {
  const todo: object[] = [];
  const shapes = new Set<string>();
  const shared = new Set<string>();
  let bytes = 0;
  const add = (member: unknown): void => {
    if (typeof member === 'string') {
      if (!isLatin1) bytes += bytesOfText(member);
      else if (member.length > LONGEST_SHARED_TEXT || isNew(member, shared)) bytes += bytesOfChars(member.length);
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

/** Whether a short text takes bytes of its own. A single character is there before any value is. */
function isNew(text: string, shared: Set<string>): boolean {
  if (text.length < 2 || shared.has(text)) return false;
  if (shared.size < MOST_SHARED_TEXTS) shared.add(text);
  return shared.size > FEW_WORDS || isData(text);
}

/** A text that is all Latin-1 has one byte per character, any other two. */
export function bytesOfText(text: string): number {
  return bytesOfChars(/[^\0-\xff]/.test(text) ? 2 * text.length : text.length);
}

export function bytesOfTexts(texts: readonly string[]): number {
  return texts.reduce((bytes, text) => bytes + bytesOfText(text), bytesOfArray(texts.length));
}

function bytesOfArray(length: number): number {
  return ARRAY_BYTES + (length === 0 ? 0 : ELEMENTS_BYTES + WORD_BYTES * length);
}

/** `shapes`: the first names of the objects met before in the same value. */
function bytesOfObject(object: object, members: number, shapes: Set<string>): number {
  if (members === 0) return EMPTY_OBJECT_BYTES;
  const isTable = members >= FEWEST_TABLE_MEMBERS;
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

/** Whether a name or a text is a datum, such as an id, a date or an address, that no other value has. */
function isData(name: string): boolean {
  return /\d/.test(name);
}

/** A header and the characters, in whole words. */
function bytesOfChars(bytes: number): number {
  return (bytes + 23) & ~7;
}
