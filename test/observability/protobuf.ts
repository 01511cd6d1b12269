/** A field of a protobuf message; `bytes` is empty for a field that is a number. */
export interface Field {
  readonly number: number;
  readonly bytes: Buffer;
}

/** Splits a protobuf message into its fields. Throws if it is cut off, or has a group, which proto3 lacks. */
export function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message.readUInt8(at++);
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  const skip = (length: number): Buffer => {
    if (at + length > message.length) throw new Error(`expected ${length} bytes at ${at}, got ${message.length - at}`);
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = varint();
    const field: { number: number; bytes: Buffer } = { number: Math.floor(tag / 8), bytes: Buffer.alloc(0) };
    switch (tag % 8) {
      case 0:
        varint();
        break;
      case 1:
        skip(8);
        break;
      case 2:
        field.bytes = skip(varint());
        break;
      case 5:
        skip(4);
        break;
      default:
        throw new Error(`expected a wire type of proto3 at ${at}, got ${tag % 8}`);
    }
    fields.push(field);
  }
  return fields;
}
