import { visibleName, visibleText } from '../format/visible-text.ts';

export interface UserTextProps {
  readonly text: string;
  readonly class?: string;
}

/** Text of users or of the api: never markup, its direction isolated, invisible characters as code points. */
export function UserText({ text, class: more }: UserTextProps) {
  return <bdi class={more === undefined ? 'user-text' : `user-text ${more}`}>{visibleText(text)}</bdi>;
}

/** A name that users gave. It has one line. */
export function UserName({ name }: { readonly name: string }) {
  return <bdi class="user-text">{visibleName(name)}</bdi>;
}
