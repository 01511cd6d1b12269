import { bytes, count } from '../../../format/format.ts';
import { UserText } from '../../../ui/user-text.tsx';
import { counted, type FileDetail, formatOf, formatsOf, spanOf } from '../log-file.ts';

/** The numbers of a file. */
export function DetailFacts({ file }: { readonly file: FileDetail }) {
  const span = spanOf(file);
  const formats = formatsOf(file);
  const hasOtherEncoding = file.encoding !== null && file.encoding !== 'utf-8';
  return (
    <dl class="facts">
      {file.status === 'indexed' && (
        <>
          <dt>Lines</dt>
          <dd>
            {count(file.line_count)}
            {file.record_count !== file.line_count && (
              <span class="muted"> in {counted(file.record_count, 'record')}</span>
            )}
          </dd>
          <dt>Errors</dt>
          <dd class={file.error_count > 0 ? 'bad' : undefined}>{count(file.error_count)}</dd>
        </>
      )}
      {file.unparsed_count > 0 && <dt title="Records of no known format: kept as text">Unparsed</dt>}
      {file.unparsed_count > 0 && <dd>{count(file.unparsed_count)}</dd>}
      {file.truncated_count > 0 && <dt title="Records that were cut at the maximum length">Cut</dt>}
      {file.truncated_count > 0 && <dd>{count(file.truncated_count)}</dd>}
      <dt>Size</dt>
      <dd>{bytes(file.size_bytes)}</dd>
      <dt>Format</dt>
      <dd>{formatOf(file) ?? 'not detected yet'}</dd>
      {formats !== null && <dt>Formats</dt>}
      {formats !== null && <dd>{formats}</dd>}
      {hasOtherEncoding && <dt>Encoding</dt>}
      {hasOtherEncoding && <dd>{file.encoding}</dd>}
      {file.skipped_because !== null && <dt>Skipped</dt>}
      {file.skipped_because !== null && (
        <dd>
          <UserText text={file.skipped_because} />
        </dd>
      )}
      {file.dropped_nul_bytes > 0 && <dt title="NUL bytes that only fill the file">Left out</dt>}
      {file.dropped_nul_bytes > 0 && <dd>{counted(file.dropped_nul_bytes, 'NUL byte')}</dd>}
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
