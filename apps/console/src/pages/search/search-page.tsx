import { Empty } from '../../ui/states.tsx';

export function SearchPage() {
  return <Empty title="Nothing to show yet" hint="Use the routes that /docs describes." />;
}
