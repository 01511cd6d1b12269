import { type LineLogger, seconds } from '@pilotlight/stack';
import { CommandError } from './run-command.ts';
import { type SampleLog, sampleLogs } from './sample-logs.ts';
import { withProgress } from './with-progress.ts';

/** Uploads the sample logs through the public API, unless the store already contains files. */
export async function loadSamples(base: string, log: LineLogger): Promise<void> {
  if (!(await isEmpty(base))) return;
  const startedAt = performance.now();
  const samples = sampleLogs(Date.now());
  await withProgress(
    `loading ${samples.length} sample files`,
    log,
    Promise.all(samples.map((one) => upload(base, one))),
  );
  log(
    `Loaded ${samples.length} generated log files in ${seconds(performance.now() - startedAt)} (--no-sample leaves the store empty)`,
  );
}

async function isEmpty(base: string): Promise<boolean> {
  const answer = await fetch(`${base}/api/files?limit=1&cache=false`);
  const body: unknown = await answer.json();
  if (!answer.ok) throw refused('GET /api/files', answer.status, body);
  return (
    typeof body === 'object' && body !== null && 'files' in body && Array.isArray(body.files) && body.files.length === 0
  );
}

async function upload(base: string, sample: SampleLog): Promise<void> {
  const form = new FormData();
  form.set('file', new Blob([sample.text]), sample.name);
  const answer = await fetch(`${base}/api/upload`, { method: 'POST', body: form, headers: { Prefer: 'wait=30' } });
  const body: unknown = await answer.json();
  if (!answer.ok) throw refused(`POST /api/upload of ${sample.name}`, answer.status, body);
}

function refused(what: string, status: number, body: unknown): CommandError {
  return new CommandError(`Loading the sample logs failed: ${what} returned ${status}: ${JSON.stringify(body)}`);
}
