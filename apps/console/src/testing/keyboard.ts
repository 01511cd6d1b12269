import type { Page } from 'playwright-core';

/**
 * What runs in the page: `expected` lists the controls that Tab must reach, and `steps` gets one record for each focus. The
 * indicator of a focus is a change of the outline, shadow, border or background of the element or of two around it.
 */
const OBSERVER = `(() => {
  const NATIVE = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  const COMPOSITE = '[role=grid], [role=listbox], [role=tablist], [role=radiogroup], [role=menu], [role=toolbar], [role=tree]';
  const seen = new WeakMap();
  let count = 0;
  const idOf = (element) => seen.get(element) ?? (seen.set(element, ++count), count);
  const described = (element) => {
    const text = element.getAttribute('aria-label') ?? element.textContent.trim() ?? '';
    return element.tagName.toLowerCase() + (element.className ? '.' + element.className : '') + ' "' + text.slice(0, 40) + '"';
  };
  const isUsable = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && !element.matches(':disabled') && !element.closest('[inert]');
  const isStop = (element) => {
    if (!isUsable(element)) return false;
    if (element.type === 'radio' && element.name !== '') {
      const group = [...document.getElementsByName(element.name)].filter(isUsable);
      return element === (group.find((one) => one.checked) ?? group[0]);
    }
    return element.tabIndex >= 0 || (element.matches(NATIVE) && !element.closest(COMPOSITE));
  };
  const style = (element) => {
    if (element === null) return '';
    const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor } = getComputedStyle(element);
    return [outlineStyle === 'none' ? '' : outlineWidth + outlineColor, boxShadow, borderColor, backgroundColor].join();
  };
  const looks = (element) =>
    [element, element.parentElement, element.parentElement?.parentElement ?? null].map(style).join(';');
  const isObscured = (element) => {
    const box = element.getBoundingClientRect();
    if (box.width <= 2 || box.height <= 2 || getComputedStyle(element).opacity === '0') return false;
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
    const isHit = (x, y) => {
      const hit = document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y);
      return hit !== null && hit !== document.body && (element.contains(hit) || hit.contains(element));
    };
    return ![[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9]].some(([x, y]) => isHit(x, y));
  };
  const observed = { steps: [], isDone: false, last: null };
  const finish = () => {
    const { last } = observed;
    if (last === null) return;
    last.step.hasIndicator = last.looks !== looks(last.element);
    observed.last = null;
  };
  document.addEventListener('focusin', ({ target }) => {
    if (observed.isDone) return;
    finish();
    const isFirstAgain = observed.steps.length > 1 && observed.steps[0].id === idOf(target);
    if (isFirstAgain) return void (observed.isDone = true);
    const step = { id: idOf(target), what: described(target), isObscured: isObscured(target), hasIndicator: true };
    observed.steps.push(step);
    observed.last = { element: target, looks: looks(target), step };
  });
  document.addEventListener('focusout', ({ target, relatedTarget }) => {
    if (relatedTarget !== null || observed.isDone) return;
    setTimeout(() => {
      if (document.activeElement !== document.body || observed.last?.element !== target) return;
      if (!target.isConnected) observed.last.step.isLost = true;
      finish();
      observed.isDone = true;
    });
  });
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute('tabindex');
  const stops = [...document.querySelectorAll(NATIVE + ', [tabindex], [contenteditable]')].filter(isStop);
  observed.steps.length = 0;
  observed.last = null;
  observed.isDone = false;
  observed.report = () => ({
    isDone: observed.isDone,
    steps: observed.steps,
    stops: stops.filter((stop) => stop.isConnected && isStop(stop)).map((stop) => ({ id: idOf(stop), what: described(stop), isMoved: stop.tabIndex > 0 })),
  });
  window.observedFocus = observed;
})()`;

interface Observed {
  readonly isDone: boolean;
  readonly steps: readonly {
    id: number;
    what: string;
    isObscured: boolean;
    hasIndicator: boolean;
    isLost?: boolean;
  }[];
  /** `isMoved`: a positive `tabindex` takes it out of the order of the document. */
  readonly stops: readonly { id: number; what: string; isMoved: boolean }[];
}

const BATCH = 10;
/** More stops than any page has: the focus is in a trap. */
const MAX_STOPS = 400;

/**
 * Presses Tab from the start of a page to its end, so that the focus follows the order of the document. Returns one line for each fault:
 * a control that Tab skips or reaches twice, or whose \`tabindex\` puts it elsewhere; a focus that cannot be seen or never leaves.
 */
export async function keyboardFindings(page: Page): Promise<string[]> {
  await page.bringToFront();
  await page.evaluate(OBSERVER);
  for (let pressed = 0; pressed < MAX_STOPS; pressed += BATCH) {
    for (let i = 0; i < BATCH; i++) await page.keyboard.press('Tab');
    if (await page.evaluate<boolean>('window.observedFocus.isDone')) break;
  }
  const { isDone, steps, stops } = await page.evaluate<Observed>('window.observedFocus.report()');
  const reached = new Set(steps.map(({ id }) => id));
  const firstOf = (id: number): number => steps.findIndex((step) => step.id === id);
  return [
    ...(isDone ? [] : [`the focus did not leave the page after ${steps.length} stops`]),
    ...stops.filter(({ isMoved }) => isMoved).map(({ what }) => `a positive tabindex moves ${what}`),
    ...stops.filter(({ id }) => !reached.has(id)).map(({ what }) => `Tab does not reach ${what}`),
    ...steps.flatMap(({ id, what, isObscured, hasIndicator, isLost }, i) => [
      ...(firstOf(id) < i ? [`Tab reaches ${what} twice`] : []),
      ...(isObscured ? [`something covers the focused ${what}`] : []),
      ...(hasIndicator ? [] : [`the focus on ${what} cannot be seen`]),
      ...(isLost ? [`the focus is lost, because the page removed ${what}`] : []),
    ]),
  ];
}

/** Uses the skip link by keyboard. Returns what the next Tab has to be inside of: whether the focus is on the content of the page. */
export async function skipsToContent(page: Page): Promise<boolean> {
  await page.bringToFront();
  await page.evaluate('document.body.tabIndex = -1, document.body.focus(), document.body.removeAttribute("tabindex")');
  await page.keyboard.press('Tab');
  const isSeen = await page.evaluate<boolean>(
    'document.activeElement.matches("a[href^=\\"#\\"]") && document.activeElement.getBoundingClientRect().top >= 0',
  );
  await page.keyboard.press('Enter');
  return isSeen && (await page.evaluate<boolean>('document.activeElement === document.querySelector("main")'));
}
