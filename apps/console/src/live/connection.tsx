import { timeOfDay } from '../format/format.ts';
import { Badge } from '../ui/badge.tsx';
import { connection } from './live.ts';

/** Says how current the page is. */
export function Connection() {
  return (
    <span role="status" data-connection={connection.value.kind}>
      <State />
    </span>
  );
}

function State() {
  const state = connection.value;
  switch (state.kind) {
    case 'connecting':
      return <Badge>Connecting</Badge>;
    case 'live':
      return (
        <Badge tone="ok">
          <span class="dot" />
          Live
        </Badge>
      );
    case 'polling':
      return <Badge tone="warn">Every 5 s</Badge>;
    case 'lost':
      return <Badge tone="bad">Disconnected since {timeOfDay(state.since)}</Badge>;
    case 'forbidden':
      return <Badge tone="warn">Token needed</Badge>;
  }
}
