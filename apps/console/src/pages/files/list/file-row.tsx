import { bytes, count, dateTime } from '../../../format/format.ts';
import { Link } from '../../../router/link.tsx';
import { path, query } from '../../../router/location.ts';
import { withQuery } from '../../../router/query.ts';
import { FileStatus } from '../../../ui/file-status.tsx';
import { UserName, UserText } from '../../../ui/user-text.tsx';
import { formatOf, type LogFile, spanOf } from '../log-file.ts';

/** One file of the list. A narrow list shows it as a card. */
export function FileRow({ file, isOpen }: { readonly file: LogFile; readonly isOpen: boolean }) {
  const { id, name, status, error } = file;
  const href = withQuery({ path: path.value, query: query.value }, { file: id });
  return (
    <li class="file-row" data-open={isOpen}>
      <span class="file-name">
        <Link href={href} aria-current={isOpen ? 'page' : undefined}>
          <UserName name={name} />
        </Link>
        {error !== null && <UserText class="small bad file-error" text={error} />}
      </span>
      <span>
        <FileStatus status={status} />
      </span>
      <Numbers file={file} />
    </li>
  );
}

function Numbers({ file }: { readonly file: LogFile }) {
  const { size_bytes: size, line_count: lines, error_count: errors, uploaded_at: uploadedAt } = file;
  const isRead = file.status === 'indexed';
  return (
    <>
      <Cell unit={lines === 1 ? 'line' : 'lines'} isNumber value={isRead ? count(lines) : null} />
      <Cell
        unit={errors === 1 ? 'error' : 'errors'}
        isNumber
        value={isRead ? count(errors) : null}
        isBad={errors > 0}
      />
      <Cell isNumber value={bytes(size)} />
      <Cell isWide value={formatOf(file)} />
      <Cell isWide value={spanOf(file)} label="Records from" />
      <span class="file-cell uploaded">
        <span class="visually-hidden">Uploaded </span>
        <time dateTime={uploadedAt}>{dateTime(Date.parse(uploadedAt))}</time>
      </span>
    </>
  );
}

interface CellProps {
  /** Null: not known, or not yet. */
  readonly value: string | null;
  /** Shown where the list has no column heads, and read by screen readers. */
  readonly unit?: string;
  readonly label?: string;
  readonly isNumber?: boolean;
  readonly isWide?: boolean;
  readonly isBad?: boolean;
}

function Cell({ value, unit, label, isNumber = false, isWide = false, isBad = false }: CellProps) {
  const classes = ['file-cell', isNumber && 'num', isWide && 'wide', isBad && 'bad'].filter(Boolean).join(' ');
  if (value === null) return <span class={`${classes} muted`} aria-hidden="true" data-empty />;
  return (
    <span class={classes}>
      {label && <span class="visually-hidden">{label} </span>}
      {value}
      {unit && <span class="unit"> {unit}</span>}
    </span>
  );
}
