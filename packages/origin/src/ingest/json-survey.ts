import { type JsonKind, type JsonListener, JsonScanner } from './json-scanner.ts';

/**
 * Where the records of a JSON document are: the document itself, the elements of its outermost array, or the elements
 * of one member (counted from 0) of its outermost object.
 */
export type RecordsPlace = { kind: 'document' } | { kind: 'elements' } | { kind: 'member'; index: number };

/**
 * Result of a first pass over a file: one JSON document, several documents on separate lines as far as read, or
 * neither.
 */
export type SurveyResult = { kind: 'document'; place: RecordsPlace } | { kind: 'several' } | { kind: 'invalid' };

/** Reads a whole file to determine whether it is one valid JSON document and where its records are. */
export class JsonSurvey implements JsonListener {
  readonly #scanner = new JsonScanner(this);
  #root: JsonKind = 'scalar';
  #member = -1;
  #isArray = false;
  #elements = 0;
  #allObjects = true;
  readonly #arraysOfObjects: number[] = [];

  /** Whether the rest of the file can no longer change the result. */
  get isSettled(): boolean {
    return this.#scanner.failed;
  }

  write(piece: Buffer): void {
    this.#scanner.write(piece);
  }

  end(): SurveyResult {
    if (this.#scanner.end()) return { kind: 'document', place: this.#place() };
    return { kind: this.#scanner.severalValues ? 'several' : 'invalid' };
  }

  valueStarts(depth: number, kind: JsonKind): void {
    if (depth === 0) this.#root = kind;
    else if (depth === 1) {
      this.#member++;
      this.#isArray = kind === 'array';
      this.#elements = 0;
      this.#allObjects = true;
    } else {
      this.#elements++;
      if (kind !== 'object') this.#allObjects = false;
    }
  }

  valueEnds(depth: number): void {
    if (depth !== 1 || this.#root !== 'object' || !this.#isArray) return;
    if (this.#elements > 0 && this.#allObjects) this.#arraysOfObjects.push(this.#member);
  }

  #place(): RecordsPlace {
    if (this.#root === 'array') return { kind: 'elements' };
    const [index, ...others] = this.#arraysOfObjects;
    return index !== undefined && others.length === 0 ? { kind: 'member', index } : { kind: 'document' };
  }
}
