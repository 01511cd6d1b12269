import { answerOf } from '@pilotlight/client';
import { query } from '../../router/location.ts';
import { isRefused } from '../../session/session.ts';
import { useAnswer } from '../../session/use-answer.ts';
import { Failed } from '../../ui/states.tsx';
import { fieldProblemsOf } from './field-problems.ts';
import { Filters } from './filters.tsx';
import { QueryBox } from './query-box.tsx';
import { ResultsPanel } from './results-panel.tsx';
import './search.css';
import { bodyOf, type SearchState, stateOf, statsQueryOf } from './search-state.ts';
import { timed } from './served.ts';
import { TailPanel } from './tail-panel.tsx';
import { TimelinePanel } from './timeline-panel.tsx';

/** Searches the log lines. The URL holds all of the state. */
export function SearchPage() {
  const state = stateOf(query.value);
  const search = useSearch(state);
  const stats = useStats(state);
  const services = useServices();
  if (isRefused(search.error)) return <Failed error={search.error} retry={search.reload} purpose="search the lines" />;
  const problems = search.isLoading ? null : fieldProblemsOf(search.error);
  return (
    <>
      <section class="panel search-panel" aria-label="Query and filters">
        <QueryBox q={state.q} problem={problems?.get('q')} />
        <Filters state={state} stats={stats.answer?.data.body.stats ?? null} services={services} problems={problems} />
      </section>
      <TimelinePanel state={state} stats={stats} />
      {state.isLive && <TailPanel state={state} />}
      <ResultsPanel state={state} search={search} />
    </>
  );
}

function useSearch(state: SearchState) {
  const body = bodyOf(state);
  return useAnswer(
    (client, signal) => timed(answerOf(client.POST('/api/search', { body, signal }))),
    [JSON.stringify(body)],
  );
}

const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `no-store`: an answer that the browser had kept would show how it was served then. */
function useStats(state: SearchState) {
  const parameters = statsQueryOf(state, TIME_ZONE);
  return useAnswer(
    (client, signal) =>
      timed(answerOf(client.GET('/api/stats', { params: { query: parameters }, signal, cache: 'no-store' }))),
    [JSON.stringify(parameters)],
  );
}

/** Returns the services with the most lines, for the choice of one. */
function useServices(): string[] {
  const { answer } = useAnswer((client, signal) => answerOf(client.GET('/api/stats', { signal })), []);
  return answer?.data.stats.by_service.map(({ service }) => service) ?? [];
}
