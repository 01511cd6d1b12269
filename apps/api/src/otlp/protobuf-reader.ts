import { MalformedBody } from '../errors.ts';

/** How the value of a field is read; a list of fields describes an embedded message. */
export type FieldType =
  | 'string'
  | 'bytes'
  | 'hex'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'fixed64'
  | 'fixed32'
  | 'double'
  | Message;

export interface Message {
  /** The fields by number. The name is that of the JSON mapping of proto3. Unknown fields are skipped. */
  readonly [number: number]: { readonly name: string; readonly type: () => FieldType; readonly isRepeated?: true };
}

/** Messages nested deeper are refused. Each map in a map is three of them. */
const MAX_DEPTH = 100;
const utf8 = new TextDecoder('utf-8');

/** Reads messages of proto3 into the objects of their JSON mapping. Costs time linear in the bytes. */
export class ProtobufReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Throws `MalformedBody` if the bytes are not a message of this type. */
  read(message: Message): Record<string, unknown> {
    return this.#message(message, this.#bytes.length, 0);
  }

  #message(message: Message, end: number, depth: number): Record<string, unknown> {
    if (depth > MAX_DEPTH) throw malformed(`values of at most ${MAX_DEPTH} levels`, 'more');
    const object: Record<string, unknown> = {};
    while (this.#at < end) {
      const tag = this.#small(end);
      const wireType = tag % 8;
      const field = message[Math.floor(tag / 8)];
      if (field === undefined) {
        this.#skip(wireType, end);
        continue;
      }
      const value = this.#value(field.type(), wireType, end, depth);
      const before = object[field.name];
      if (!field.isRepeated) object[field.name] = value;
      else if (Array.isArray(before)) before.push(value);
      else object[field.name] = [value];
    }
    if (this.#at !== end) throw malformed('a message that ends with its last field', 'a longer field');
    return object;
  }

  #value(type: FieldType, wireType: number, end: number, depth: number): unknown {
    const expected = wireTypeOf(type);
    if (wireType !== expected) throw malformed(`a field of the wire type ${expected}`, `one of ${wireType}`);
    switch (type) {
      case 'bool':
        return this.#small(end) !== 0;
      case 'int32':
        return Number(BigInt.asIntN(32, this.#varint(end)));
      case 'int64':
        return String(BigInt.asIntN(64, this.#varint(end)));
      case 'fixed32':
        return this.#bytes.readUInt32LE(this.#take(4, end));
      case 'fixed64':
        return String(this.#bytes.readBigUInt64LE(this.#take(8, end)));
      case 'double':
        return jsonDouble(this.#bytes.readDoubleLE(this.#take(8, end)));
      default:
        return this.#delimited(type, end, depth);
    }
  }

  #delimited(type: 'string' | 'bytes' | 'hex' | Message, end: number, depth: number): unknown {
    const length = this.#small(end);
    const start = this.#at;
    if (typeof type === 'object') {
      if (length > end - start) throw cutOff();
      return this.#message(type, start + length, depth + 1);
    }
    this.#take(length, end);
    const bytes = this.#bytes.subarray(start, this.#at);
    return type === 'string' ? utf8.decode(bytes) : bytes.toString(type === 'hex' ? 'hex' : 'base64');
  }

  #skip(wireType: number, end: number): void {
    if (wireType === 0) this.#small(end);
    else if (wireType === 1) this.#take(8, end);
    else if (wireType === 2) this.#take(this.#small(end), end);
    else if (wireType === 5) this.#take(4, end);
    else throw malformed('a wire type of proto3', String(wireType));
  }

  /** Reads a tag or length. Is inexact beyond 2^53, where no field can end. */
  #small(end: number): number {
    let value = 0;
    let multiplier = 1;
    for (let count = 0; count < 10; count += 1, multiplier *= 0x80) {
      if (this.#at >= end) throw cutOff();
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * multiplier;
      if (byte < 0x80) return value;
    }
    throw malformed('a number of at most 10 bytes', 'a longer one');
  }

  #varint(end: number): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes.readUInt8(this.#take(1, end));
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw malformed('a number of at most 10 bytes', 'a longer one');
  }

  /** Returns the position of the next `bytes` bytes, and moves behind them. */
  #take(bytes: number, end: number): number {
    if (bytes > end - this.#at) throw cutOff();
    this.#at += bytes;
    return this.#at - bytes;
  }
}

function wireTypeOf(type: FieldType): number {
  switch (type) {
    case 'bool':
    case 'int32':
    case 'int64':
      return 0;
    case 'fixed64':
    case 'double':
      return 1;
    case 'fixed32':
      return 5;
    default:
      return 2;
  }
}

/** JSON has no other form for these numbers. */
function jsonDouble(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

const cutOff = () => malformed('the whole field', 'a part of it');

function malformed(expected: string, actual: string): MalformedBody {
  return new MalformedBody(`expected a protobuf message ExportLogsServiceRequest with ${expected}, got ${actual}`);
}
