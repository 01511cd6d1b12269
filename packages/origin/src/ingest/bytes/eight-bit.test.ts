import { describe, expect, test } from 'vitest';
import { decodeEightBit } from './eight-bit.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const decode = (line: Buffer, hasShownUtf8 = false) => {
  const { text, encoding } = decodeEightBit(line, hasShownUtf8);
  return [text.toString(), encoding];
};

describe('a line that is not valid UTF-8', () => {
  test.each(['geöffnet', 'café fermé', 'Größe: 5 µm', 'señor, ¿qué?', 'à 10 °C', 'blåbærsyltetøj'])(
    'is Windows-1252: %s',
    (text) => expect(decode(latin1(text))).toEqual([text, 'windows-1252']),
  );

  test('has the characters that Windows-1252 has beyond Latin-1', () => {
    expect(decode(Buffer.from([0x93, 0x61, 0x94, 0x20, 0x80, 0x20, 0x85]))).toEqual(['“a” € …', 'windows-1252']);
  });

  test('keeps its correct UTF-8, and its damaged bytes are replaced', () => {
    const line = Buffer.concat([Buffer.from('für 5 € '), Buffer.from([0xff]), Buffer.from(' ok')]);
    expect(decode(line)).toEqual(['für 5 € \ufffd ok', 'utf-8']);
  });

  test('that was cut inside a character, in a file of UTF-8, is UTF-8', () => {
    const cut = Buffer.from('the name is café').subarray(0, -1);
    expect(decode(cut, true)).toEqual(['the name is caf\ufffd', 'utf-8']);
    // Control: the same byte inside a word was not cut.
    expect(decode(latin1('caf\xe9s'), true)).toEqual(['cafés', 'windows-1252']);
  });

  test.each([
    ['Cyrillic (Windows-1251)', [0xee, 0xef, 0xeb, 0xe0, 0xf2, 0xe0]],
    ['short Cyrillic words (KOI8-R)', [0xce, 0xc5, 0x20, 0xd7, 0x20, 0xd1]],
    ['Shift JIS', [0x83, 0x47, 0x83, 0x89, 0x81, 0x5b, 0x90, 0xda]],
    ['GBK', [0xc1, 0xac, 0xbd, 0xd3, 0xca, 0xa7, 0xb0, 0xdc]],
  ])('in another encoding stays unknown: %s', (_name, bytes) => {
    const [text, encoding] = decode(Buffer.from(bytes));
    expect(encoding).toBe('unknown-8bit');
    expect(text).toContain('\ufffd');
  });
});
