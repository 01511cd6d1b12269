import { Empty } from '../../ui/states.tsx';

export function SystemPage() {
  return <Empty title="Nothing to show yet" hint="Use the routes that /docs describes." />;
}
