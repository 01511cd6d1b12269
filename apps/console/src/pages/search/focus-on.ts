/** Moves the focus to the first element of a selector: before the button that has it disappears. */
export function focusOn(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}
