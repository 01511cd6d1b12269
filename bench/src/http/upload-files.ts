import { request } from 'undici';
import { accessLines } from '../access-lines.ts';

/** Fewer than the uploads that the api accepts at a time. */
const AT_A_TIME = 8;
const ASK_EVERY_MS = 250;

interface FilesAnswer {
  readonly stats: { readonly total_files: number; readonly by_status: Readonly<Record<string, number>> };
}

/** Uploads files of an access log and resolves once all are indexed. */
export async function uploadFiles(
  url: string,
  { headers, files, linesPerFile }: { headers: Record<string, string>; files: number; linesPerFile: number },
): Promise<void> {
  let next = 0;
  const upload = async () => {
    while (next < files) {
      const index = next++;
      const form = new FormData();
      const blocks = [...accessLines(linesPerFile, index + 1)].map((block) => new Uint8Array(block));
      form.append('file', new Blob(blocks), `access-${index}.log`);
      const answer = await fetch(`${url}/api/upload`, { method: 'POST', body: form, headers });
      if (answer.status !== 202)
        throw new Error(`upload ${index}: expected 202, got ${answer.status}: ${await answer.text()}`);
      await answer.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, upload));
  for (;;) {
    const answer = await request(`${url}/api/files?limit=1&cache=false`, { headers });
    const { stats } = (await answer.body.json()) as FilesAnswer;
    if (stats.by_status['failed']) throw new Error(`expected ${files} indexed files, got ${JSON.stringify(stats)}`);
    if (stats.by_status['indexed'] === files) return;
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}
