import { signal } from '@preact/signals';

const HIDDEN_MS = 3_000;

/**
 * False once the tab has been hidden for 3 s. A browser opens six connections to a server over HTTP/1.1, and a stream takes one: the
 * streams of six hidden tabs would keep a seventh one from loading anything.
 */
export const isWatched = signal(true);

let timer: ReturnType<typeof setTimeout> | undefined;

function update(): void {
  clearTimeout(timer);
  if (!document.hidden) isWatched.value = true;
  else
    timer = setTimeout(() => {
      isWatched.value = false;
    }, HIDDEN_MS);
}

document.addEventListener('visibilitychange', update);
update();
