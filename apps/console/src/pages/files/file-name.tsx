import { visibleName } from './log-file.ts';

/** The name of a file: text of users, with a direction of its own. */
export function FileName({ name }: { readonly name: string }) {
  return <bdi class="user-text">{visibleName(name)}</bdi>;
}
