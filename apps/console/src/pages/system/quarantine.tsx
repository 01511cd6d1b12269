import { answerOf } from '@pilotlight/client';
import { useState } from 'preact/hooks';
import { SinceText } from '../../faults/fault-list.tsx';
import { count } from '../../format/format.ts';
import { visibleName } from '../../format/visible-text.ts';
import type { Section } from '../../live/types.ts';
import { Link } from '../../router/link.tsx';
import { withToken } from '../../session/session.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Panel } from '../../ui/panel.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { UserName, UserText } from '../../ui/user-text.tsx';

type Queues = Section<'queues'>;
type Job = NonNullable<Queues['quarantine']>[number];

/** The live state has this number of failed files at most. */
const MAX_FILES = 10;

/** The jobs that failed for good, each with its reason, and the files that could not be indexed. */
export function Quarantine({ section: { queues, quarantine, failed_files } }: { readonly section: Queues }) {
  const [asked, ask] = useState<Job | null>(null);
  const total = Object.values(queues ?? {}).reduce((sum, { failed }) => sum + failed, 0);
  return (
    <Panel
      title="Quarantine"
      class="system-wide"
      aside={<span class="muted small">jobs that failed for good, and files that could not be read</span>}
    >
      {quarantine === null && <p class="muted">The jobs are in the queue Redis, which does not answer.</p>}
      {quarantine?.length === 0 && <p class="muted">No job is quarantined.</p>}
      {quarantine !== null && quarantine.length > 0 && (
        <ul class="quarantine" aria-label="Quarantined jobs">
          {quarantine.map((job) => (
            <QuarantinedJob key={`${job.queue} ${job.id}`} job={job} retry={() => ask(job)} />
          ))}
        </ul>
      )}
      {quarantine !== null && total > quarantine.length && (
        <p class="muted small system-note">
          These are the latest {count(quarantine.length)} of {count(total)}. <a href="/admin/queues">Bull Board</a> has
          all.
        </p>
      )}
      <FailedFiles files={failed_files} />
      {asked !== null && <RetryDialog job={asked} close={() => ask(null)} />}
    </Panel>
  );
}

function QuarantinedJob({ job, retry }: { readonly job: Job; readonly retry: () => void }) {
  const { queue, id, name, reason, failed_at, tries } = job;
  return (
    <li class="quarantined">
      <div class="quarantined-text">
        <p>
          <strong>
            <UserText text={name} />
          </strong>{' '}
          <span class="muted">
            of the queue {queue}, {count(tries)} {tries === 1 ? 'try' : 'tries'}, since{' '}
            <SinceText at={Date.parse(failed_at)} />
          </span>
        </p>
        <p class="quarantined-reason">
          <UserText text={reason === '' ? 'It failed without a reason.' : reason} />
        </p>
        <p class="muted small">
          Job{' '}
          <code>
            <UserText text={id} />
          </code>
        </p>
      </div>
      <button type="button" class="button" onClick={retry}>
        Retry<span class="visually-hidden"> the job {visibleName(id)}</span>
      </button>
    </li>
  );
}

function RetryDialog({ job, close }: { readonly job: Job; readonly close: () => void }) {
  const { queue, id, name } = job;
  return (
    <ConfirmDialog
      title="Retry this job?"
      action="Retry the job"
      close={close}
      run={async () => {
        try {
          const retried = await withToken(`retry the job ${name}`, (client) =>
            answerOf(client.POST('/api/quarantine/{queue}/{id}/retry', { params: { path: { queue, id } } })),
          );
          toast(`The job ${retried.data.job.name} waits in the queue ${queue} again, with all of its tries`);
        } catch (error) {
          toastError(error);
        }
      }}
    >
      <p>
        <strong>
          <UserText text={name} />
        </strong>{' '}
        goes back into the queue <strong>{queue}</strong> with all of its tries. If the cause has not been removed, it
        fails and comes back here.
      </p>
      <p class="muted small">The retry is in the audit log.</p>
    </ConfirmDialog>
  );
}

function FailedFiles({ files }: { readonly files: Queues['failed_files'] }) {
  if (files === null || files.length === 0) return null;
  return (
    <div class="failed-files">
      <h3>Files that could not be read</h3>
      <p class="muted small">
        Nothing of them is searchable. Delete the file and upload a corrected one:{' '}
        <Link href="/files?state=failed">Files</Link>
        {files.length < MAX_FILES ? '.' : ` lists all. These are the latest ${count(files.length)}.`}
      </p>
      <ul class="quarantine" aria-label="Files that could not be read">
        {files.map(({ id, name, reason, uploaded_at }) => (
          <li key={id} class="quarantined">
            <div class="quarantined-text">
              <p>
                <strong>
                  <UserName name={name} />
                </strong>{' '}
                <span class="muted">
                  uploaded at <SinceText at={Date.parse(uploaded_at)} />
                </span>
              </p>
              <p class="quarantined-reason">
                <UserText text={reason} />
              </p>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
