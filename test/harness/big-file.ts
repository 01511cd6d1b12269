import { ask } from './ask.ts';
import type { System } from './start-system.ts';
import type { SystemProcess } from './system-process.ts';
import { uploadText } from './upload.ts';

export interface BigFile {
  readonly id: string;
  /** One line in ten is an ERROR, the others are INFO. */
  readonly lines: number;
  /** The worker that is reading it; it is frozen. */
  readonly reader: SystemProcess;
}

/** Multiplied by ten if the machine reads the file before the worker can be frozen in the middle. */
const FIRST_LINES = 60_000;
const MAX_LINES = 6_000_000;

/** Uploads a big file and freezes its worker while it reads the file. */
export async function stopInBigFile(system: System, name: string, lines = FIRST_LINES): Promise<BigFile> {
  const [api] = system.apis;
  if (!api) throw new Error('expected a system with an api');
  const { file } = await uploadText(api, `${name}-${lines}.log`, textOf(lines));
  const progress = new RegExp(`^Reading ${name}-${lines}\\.log: [\\d,]+ lines so far$`);
  const alive = system.workers.filter((worker) => !worker.hasEnded);
  const reader = await Promise.race(alive.map((worker) => worker.waitForLog(progress).then(() => worker)));
  await reader.kill('SIGSTOP');
  const { status } = (await ask(api, 'GET', `/api/files/${file.id}`)).json.file;
  if (status === 'indexing') return { id: file.id, lines, reader };
  await reader.kill('SIGCONT');
  await ask(api, 'DELETE', `/api/files/${file.id}`);
  if (lines >= MAX_LINES) throw new Error(`expected to freeze a worker while it reads ${lines} lines`);
  return await stopInBigFile(system, name, lines * 10);
}

export function textOf(lines: number): string {
  const text: string[] = [];
  for (let i = 0; i < lines; i++) {
    const at = new Date(Date.UTC(2026, 0, 1) + i * 1_000).toISOString();
    text.push(`${at} ${i % 10 === 0 ? 'ERROR' : 'INFO'} app.Worker: request ${i} was served from shard ${i % 64}`);
  }
  return text.join('\n');
}
