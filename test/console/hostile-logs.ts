const LEVELS = ['INFO', 'INFO', 'INFO', 'WARN', 'ERROR'] as const;
const ESCAPE = '\u001b';
/** A right-to-left override, an isolate that nothing ends, and an Arabic word. */
const BIDI = '\u202egnp.exe\u2067 \u0645\u0631\u062d\u0628\u0627';

/** Text that must change nothing but the place where it is shown: markup, terminal codes, bidi marks, and a word of 10,000 characters. */
const HOSTILE = {
  markup: '<img src=x onerror="window.planted=1"><b id=planted>bold</b><script>window.planted=1</script>&lt;i&gt;',
  ansi: `${ESCAPE}[31mred${ESCAPE}[0m ${ESCAPE}]8;;http://attacker.example${ESCAPE}\\link${ESCAPE}]8;;${ESCAPE}\\ ${ESCAPE}[2J`,
  bidi: BIDI,
  long: 'x'.repeat(10_000),
} as const;

export interface LogText {
  readonly name: string;
  readonly text: string;
}

/** Returns one file of usual lines, and files whose names and latest lines are hostile. `now` is in ms since 1970. */
export function hostileLogs(now: number): LogText[] {
  const line = (secondsAgo: number, rest: string): string =>
    `${new Date(now - secondsAgo * 1_000).toISOString()} ${rest}`;
  const usual = Array.from({ length: 400 }, (_, i) =>
    line(3_600 - i * 8, `${LEVELS[i % LEVELS.length]} service-${i % 7}: order ${i} took ${i * 3} ms`),
  );
  const hostile = Object.values(HOSTILE).map((text, i) => line(10 - i, `ERROR <b>cart</b>: ${text}`));
  return [
    { name: 'usual.log', text: `${usual.join('\n')}\n` },
    { name: '<img src=x onerror=window.planted=1><b id=planted>.log', text: `${hostile.join('\n')}\n` },
    { name: `${BIDI}.log`, text: `${line(1, 'WARN cart: right to left')}\n` },
    { name: `${'long-'.repeat(40)}.log`, text: `${line(2, 'INFO cart: a long name')}\n` },
  ];
}
