import { Unsampled } from '../../faults/unsampled.tsx';
import { query } from '../../router/location.ts';
import { DeleteDialog } from './delete/delete-dialog.tsx';
import { Receipts } from './delete/receipts.tsx';
import { FileDetail } from './detail/file-detail.tsx';
import './files.css';
import { FileList } from './list/file-list.tsx';
import { Retention } from './retention.tsx';
import { UploadPanel } from './upload/upload-panel.tsx';

/** Uploads, the files in the log, and one of them in detail. */
export function FilesPage() {
  const open = query.value.get('file') || null;
  return (
    <>
      <Unsampled sections={['upcoming']} />
      <UploadPanel />
      <Receipts />
      <div class="files-split" data-open={open !== null}>
        <FileList openId={open} />
        {open !== null && <FileDetail key={open} id={open} />}
      </div>
      <Retention />
      <DeleteDialog />
    </>
  );
}
