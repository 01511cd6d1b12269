import { UserText } from '../../ui/user-text.tsx';
import { inputParts } from './key-text.ts';

/** What an answer was asked for: the endpoint, and the members of the input that are not defaults. */
export function InputText({ prefix, input }: { readonly prefix: string; readonly input: unknown }) {
  const parts = inputParts(input);
  return (
    <>
      <span class="input-prefix">{prefix}</span> {parts.length === 0 && <span class="muted">everything</span>}
      {parts.map(({ name, value }) => (
        <span key={name} class="input-part">
          <span class="muted">{name}</span> <UserText text={value} />
        </span>
      ))}
    </>
  );
}
