import { dateTime, duration } from '../../../format/format.ts';
import type { FileDetail } from '../log-file.ts';
import type { Step } from '../upload/upload-state.ts';
import { stepsOf } from '../upload/upload-text.ts';
import { useFileEvents } from './use-file-events.ts';

/** What became of a file since its upload, as its events report it. */
export function FileStory({ file }: { readonly file: FileDetail }) {
  const state = useFileEvents(file.id);
  const steps = stepsOf(state, file.size_bytes).filter(({ step }) => step !== 'sent');
  const isFailed = file.status === 'failed';
  return (
    <div class="story">
      <h3>Since the upload</h3>
      <ol class="file-steps">
        {steps.map(({ step, text, status }) =>
          isFailed && step === 'indexed' ? null : (
            <li key={step} data-status={status}>
              <span>
                {text}
                {timeOf(step, file)}
              </span>
            </li>
          ),
        )}
      </ol>
    </div>
  );
}

/** Returns when a step was done: the api keeps no time of the others. */
function timeOf(step: Step, file: FileDetail): string {
  const uploadedAt = Date.parse(file.uploaded_at);
  if (step === 'stored') return ` · ${dateTime(uploadedAt)}`;
  const at = step === 'indexed' ? file.indexed_at : step === 'invalidated' ? file.invalidation.applied_at : null;
  return at === null ? '' : ` · ${duration(Math.max(0, Date.parse(at) - uploadedAt))} later`;
}
