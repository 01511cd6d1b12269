import type { ComponentChildren } from 'preact';
import { navigate } from './location.ts';

export interface LinkProps {
  readonly href: string;
  readonly class?: string | undefined;
  readonly 'aria-current'?: 'page' | undefined;
  readonly 'aria-label'?: string | undefined;
  readonly children: ComponentChildren;
}

/** A link to a page of the console. A click with a modifier key opens it as the browser does. */
export function Link({ href, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(href);
  };
  return (
    <a {...rest} href={href} onClick={follow}>
      {children}
    </a>
  );
}
