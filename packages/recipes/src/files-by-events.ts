import { z } from 'zod';

const filesAnswerSchema = z.looseObject({
  files: z.array(z.looseObject({ status: z.string() })),
  stats: z.looseObject({ by_status: z.looseObject({ received: z.number(), indexing: z.number() }) }),
});

/**
 * Returns a list of files with only those details whose changes cause events. The start of an ingest causes none, because that would
 * invalidate the list once more per file and no client waits for it. So the status `indexing` is replaced by `received`.
 */
export function filesByEvents(answer: unknown): unknown {
  const list = filesAnswerSchema.safeParse(answer);
  if (!list.success) return answer;
  const { files, stats, ...rest } = list.data;
  const { received, indexing, ...ended } = stats.by_status;
  return {
    ...rest,
    files: files.map((file) => (file.status === 'indexing' ? { ...file, status: 'received' } : file)),
    stats: { ...stats, by_status: { ...ended, received: received + indexing } },
  };
}
