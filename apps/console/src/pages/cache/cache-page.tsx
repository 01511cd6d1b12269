import { Empty } from '../../ui/states.tsx';

export function CachePage() {
  return <Empty title="Nothing to show yet" hint="Use the routes that /docs describes." />;
}
