import { bytes } from '../../../format/format.ts';
import { counted, type FilesAnswer } from '../log-file.ts';

/** The sums over all files. */
export function Totals({ stats }: Pick<FilesAnswer, 'stats'>) {
  const { total_files: files, total_lines: lines, total_bytes: size, by_status: by } = stats;
  const reading = (by['received'] ?? 0) + (by['indexing'] ?? 0);
  const failed = by['failed'] ?? 0;
  return (
    <span class="small muted files-totals">
      <span>{counted(files, 'file')}</span>
      <span>{counted(lines, 'line')}</span>
      <span>{bytes(size)}</span>
      {reading > 0 && <span>{reading} in progress</span>}
      {failed > 0 && <strong class="bad">{failed} failed</strong>}
    </span>
  );
}
