import { answerOf } from '@pilotlight/client';
import { count } from '../../../format/format.ts';
import { useAnswer } from '../../../session/use-answer.ts';
import { Failed, Loading } from '../../../ui/states.tsx';
import { Served } from '../served.tsx';

/** The records of a file by level, from its statistics. */
export function FileLevels({ id }: { readonly id: string }) {
  const { answer, error, tookMs, reload } = useAnswer(
    (client, signal) => answerOf(client.GET('/api/stats', { params: { query: { file_id: id } }, signal })),
    [id],
  );
  if (answer === null && error !== null) return <Failed error={error} retry={reload} purpose="read the levels" />;
  if (answer === null) return <Loading what="the levels" />;
  const { by_level: by, total_logs: total } = answer.data.stats;
  const levels = Object.entries(by).filter(([, records]) => records > 0);
  return (
    <div class="level-counts">
      <h3>Levels</h3>
      <dl>
        {levels.map(([level, records]) => (
          <div key={level} data-level={level}>
            <dt>{level}</dt>
            <dd>
              <svg class="level-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect width={Math.max(1, (records / total) * 100)} height="4" />
              </svg>
              <span class="num">{count(records)}</span>
            </dd>
          </div>
        ))}
      </dl>
      <Served outcome={answer.outcome} tookMs={tookMs} />
    </div>
  );
}
