import { bytes, count } from '../../../format/format.ts';
import { type FileDetail, formatOf, spanOf } from '../log-file.ts';

/** The numbers of a file. */
export function DetailFacts({ file }: { readonly file: FileDetail }) {
  const span = spanOf(file);
  return (
    <dl class="facts">
      {file.status === 'indexed' && (
        <>
          <dt>Lines</dt>
          <dd>{count(file.line_count)}</dd>
          <dt>Errors</dt>
          <dd class={file.error_count > 0 ? 'bad' : undefined}>{count(file.error_count)}</dd>
        </>
      )}
      {file.unparsed_count > 0 && <dt title="Lines that do not match the format: kept as text">Unparsed</dt>}
      {file.unparsed_count > 0 && <dd>{count(file.unparsed_count)}</dd>}
      {file.truncated_count > 0 && <dt title="Lines that were cut at the maximum length">Cut</dt>}
      {file.truncated_count > 0 && <dd>{count(file.truncated_count)}</dd>}
      <dt>Size</dt>
      <dd>{bytes(file.size_bytes)}</dd>
      <dt>Format</dt>
      <dd>{formatOf(file) ?? 'not detected yet'}</dd>
      {span !== null && <dt>Records</dt>}
      {span !== null && (
        <dd>
          {span}
          {file.year_inferred && <span class="muted">, the year is inferred</span>}
        </dd>
      )}
      {file.invalidation.state === 'pending' && <dt>Invalidation</dt>}
      {file.invalidation.state === 'pending' && <dd class="warn">pending: the invalidation log did not answer</dd>}
    </dl>
  );
}
