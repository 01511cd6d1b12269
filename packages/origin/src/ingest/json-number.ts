/** Where in a number the last byte was: -, 0, 12, 12., 12.3, 12e, 12e+, 12e5. */
export type NumberState = 'start' | 'minus' | 'zero' | 'integer' | 'point' | 'fraction' | 'e' | 'sign' | 'exponent';

export const NUMBER_START: NumberState = 'start';

/** Returns the state after one more byte (RFC 8259, section 6), or null if the byte cannot continue the number. */
export function nextInNumber(state: NumberState, byte: number): NumberState | null {
  const isDigit = byte >= 0x30 && byte <= 0x39;
  switch (state) {
    case 'start':
      if (byte === 0x2d) return 'minus';
      return isDigit ? leading(byte) : null;
    case 'minus':
      return isDigit ? leading(byte) : null;
    case 'zero':
      return afterInteger(byte);
    case 'integer':
      return isDigit ? 'integer' : afterInteger(byte);
    case 'point':
    case 'fraction':
      if (isDigit) return 'fraction';
      return state === 'fraction' && isE(byte) ? 'e' : null;
    case 'e':
      if (byte === 0x2b || byte === 0x2d) return 'sign';
      return isDigit ? 'exponent' : null;
    case 'sign':
    case 'exponent':
      return isDigit ? 'exponent' : null;
  }
}

export function isNumberEnd(state: NumberState): boolean {
  return state === 'zero' || state === 'integer' || state === 'fraction' || state === 'exponent';
}

function leading(byte: number): NumberState {
  return byte === 0x30 ? 'zero' : 'integer';
}

function afterInteger(byte: number): NumberState | null {
  if (byte === 0x2e) return 'point';
  return isE(byte) ? 'e' : null;
}

function isE(byte: number): boolean {
  return byte === 0x65 || byte === 0x45;
}
