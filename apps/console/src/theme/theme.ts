import { signal } from '@preact/signals';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORED_AS = 'pilotlight-theme';

const chosen = signal<Theme>(storedTheme());
export const theme = chosen;

/** Applies the chosen theme to the page: `system` follows the browser. */
export function applyTheme(): void {
  const { dataset } = document.documentElement;
  if (chosen.value === 'system') delete dataset['theme'];
  else dataset['theme'] = chosen.value;
}

export function setTheme(next: Theme): void {
  chosen.value = next;
  window.localStorage.setItem(STORED_AS, next);
  applyTheme();
}

function storedTheme(): Theme {
  const stored = window.localStorage.getItem(STORED_AS);
  return THEMES.find((one) => one === stored) ?? 'system';
}
