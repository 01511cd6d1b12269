import { signal } from '@preact/signals';

/** The present time, in ms since 1970, each second. A component that reads it is drawn each second. */
export const now = signal(Date.now());

setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 1_000);
