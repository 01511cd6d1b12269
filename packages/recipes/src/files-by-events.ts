import { z } from 'zod';

const filesAnswerSchema = z.looseObject({
  files: z.array(z.looseObject({ status: z.string() })),
  stats: z.looseObject({ by_status: z.looseObject({ received: z.number(), indexing: z.number() }) }),
});

/**
 * A list of files as far as events tell of its changes. That a worker has begun to read a file is none: nobody waits for
 * it, and the list would be outdated once more for each file. So a file that is being read counts as one that was received.
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
