/**
 * What V8 takes on a 64-bit machine without pointer compression, as in Node: words of 8 bytes; an object has 3 of them
 * (shape, properties, elements) and one per member, an array 4 and 2 for the header of its elements, a text 2, a number
 * that is no 32-bit integer 2 of its own. Shapes and names are counted as shared by many objects.
 */
const OBJECT_BYTES = 24;
const EMPTY_OBJECT_BYTES = 56;
const ARRAY_BYTES = 32;
const ELEMENTS_BYTES = 16;
const WORD_BYTES = 8;
const NUMBER_BYTES = 16;
/** With more members than this an object is a hash table. */
const MOST_FAST_MEMBERS = 128;
const TABLE_MEMBER_BYTES = 62;

/**
 * Freezes a value that came from JSON, in depth, and answers about how many bytes of heap it takes: in one walk, without
 * recursion, so that no depth exhausts the stack. `isAscii`: no text in it has anything else.
 */
export function freeze(root: unknown, isAscii: boolean): number {
  const todo: object[] = [];
  let bytes = 0;
  const add = (member: unknown): void => {
    if (typeof member === 'string') bytes += isAscii ? bytesOfChars(member.length) : bytesOfText(member);
    else if (typeof member === 'number') bytes += (member | 0) === member ? 0 : NUMBER_BYTES;
    else if (typeof member === 'object' && member !== null) todo.push(member);
  };
  add(root);
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const members: unknown[] = Array.isArray(next) ? next : Object.values(next);
    bytes += Array.isArray(next) ? bytesOfArray(members.length) : bytesOfObject(members.length);
    for (let i = 0; i < members.length; i++) add(members[i]);
    Object.freeze(next);
  }
  return bytes;
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

function bytesOfObject(members: number): number {
  if (members === 0) return EMPTY_OBJECT_BYTES;
  return OBJECT_BYTES + members * (members > MOST_FAST_MEMBERS ? TABLE_MEMBER_BYTES : WORD_BYTES);
}

/** A header and the characters, in whole words. */
function bytesOfChars(bytes: number): number {
  return (bytes + 23) & ~7;
}
