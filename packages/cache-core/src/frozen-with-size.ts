/**
 * What V8 takes on a 64-bit machine without pointer compression, as in Node: words of 8 bytes; an object has 3 of them
 * (shape, properties, elements) and one per member, an array 4 and 2 for its elements' header, a string 2, a number that is
 * no 32-bit integer 2 of its own.
 */
const OBJECT_BYTES = 24;
const EMPTY_OBJECT_BYTES = 56;
const ARRAY_BYTES = 32;
const ELEMENTS_BYTES = 16;
const WORD_BYTES = 8;
const NUMBER_BYTES = 16;
/** Past so many members an object is a hash table. */
const MOST_FAST_MEMBERS = 128;
const TABLE_MEMBER_BYTES = 62;

/**
 * Freezes a value that came from JSON, in depth, and answers how many bytes of heap it takes: in one walk, without
 * recursion, so that no depth exhausts the stack. `ascii`: no text in it has anything else.
 */
export function frozenWithSize(root: unknown, ascii: boolean): number {
  const bytesOfText = ascii ? bytesOfAscii : bytesOfAnyText;
  const todo: object[] = [];
  let bytes = 0;
  const add = (member: unknown): void => {
    if (typeof member === 'string') bytes += bytesOfText(member);
    else if (typeof member === 'number') bytes += (member | 0) === member ? 0 : NUMBER_BYTES;
    else if (typeof member === 'object' && member !== null) todo.push(member);
  };
  add(root);
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (Array.isArray(next)) {
      bytes += ARRAY_BYTES + (next.length === 0 ? 0 : ELEMENTS_BYTES + WORD_BYTES * next.length);
      for (let i = 0; i < next.length; i++) add(next[i]);
    } else {
      const members = Object.values(next);
      bytes += bytesOfObject(members.length);
      for (let i = 0; i < members.length; i++) add(members[i]);
    }
    Object.freeze(next);
  }
  return bytes;
}

function bytesOfObject(members: number): number {
  if (members === 0) return EMPTY_OBJECT_BYTES;
  return OBJECT_BYTES + members * (members > MOST_FAST_MEMBERS ? TABLE_MEMBER_BYTES : WORD_BYTES);
}

/** Header and characters, in whole words. */
function bytesOfAscii(text: string): number {
  return (text.length + 23) & ~7;
}

function bytesOfAnyText(text: string): number {
  return /[^\0-\xff]/.test(text) ? (2 * text.length + 23) & ~7 : bytesOfAscii(text);
}
