import { bytes } from '../../../format/format.ts';
import { counted, type FilesAnswer } from '../log-file.ts';

/** The sums over all files, whatever the filter. */
export function Totals({ stats }: Pick<FilesAnswer, 'stats'>) {
  return (
    <span class="small muted">
      {counted(stats.total_files, 'file')} · {counted(stats.total_lines, 'line')} · {bytes(stats.total_bytes)}
    </span>
  );
}
