import { setTheme, THEMES, theme } from './theme.ts';

const LABELS = { system: 'Auto', light: 'Light', dark: 'Dark' } as const;

/** Chooses the next theme: as the system, light, dark. */
export function ThemeSwitch() {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'system';
  return (
    <button
      type="button"
      class="button"
      data-kind="quiet"
      aria-label={`Theme: ${LABELS[theme.value]}, switch to ${LABELS[next]}`}
      onClick={() => setTheme(next)}
    >
      <span class="theme-word">Theme:</span>
      <span class="theme-sign" aria-hidden="true">
        ◐
      </span>{' '}
      {LABELS[theme.value]}
    </button>
  );
}
