import type { Page } from 'playwright-core';

/** A phone, a laptop and a screen of 4K, in CSS pixels. */
const SCROLL_WIDTHS = [360, 1_280, 3_840] as const;
const HEIGHT = 900;

/** Names the widest elements that reach over the edge of the window, those of scrolled regions left out. */
const TOO_WIDE = `(() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return null;
  const scrolls = (element) => element !== root && element !== document.body && getComputedStyle(element).overflowX !== 'visible';
  const isInside = (element) => { for (let e = element.parentElement; e; e = e.parentElement) if (scrolls(e)) return true; return false; };
  const rectOf = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const [box, content] = [element.getBoundingClientRect(), range.getBoundingClientRect()];
    return { left: Math.min(box.left, content.left), right: Math.max(box.right, content.right) };
  };
  const over = [...document.querySelectorAll('body *')].filter((element) => {
    const { left, right } = scrolls(element) ? element.getBoundingClientRect() : rectOf(element);
    return (right > root.clientWidth + 0.5 || left < -0.5) && !isInside(element);
  });
  const named = over.slice(-4).map((e) => e.tagName.toLowerCase() + '.' + e.getAttribute('class') + ' "' + e.textContent.slice(0, 20) + '"');
  return root.scrollWidth + ' px wide: ' + named.join(', ');
})()`;

/**
 * Looks for horizontal scrolling in three widths, with text of twice the size, and from right to left. Returns one line for each
 * combination that scrolls, with the elements that cause it.
 */
export async function reflowFindings(page: Page): Promise<string[]> {
  const found: string[] = [];
  const { width: before = 1_280, height = HEIGHT } = page.viewportSize() ?? {};
  for (const width of SCROLL_WIDTHS) {
    await page.setViewportSize({ width, height });
    for (const { name, on, off } of VARIANTS) {
      await page.evaluate(on);
      const tooWide = await page.evaluate<string | null>(TOO_WIDE);
      await page.evaluate(off);
      if (tooWide !== null) found.push(`${width} px, ${name}: ${tooWide}`);
    }
  }
  await page.setViewportSize({ width: before, height });
  return found;
}

const ROOT = 'document.documentElement';
const VARIANTS = [
  { name: 'as it is', on: '0', off: '0' },
  {
    name: 'text of 200 %',
    on: `${ROOT}.style.fontSize = 2 * parseFloat(getComputedStyle(${ROOT}).fontSize) + "px"`,
    off: `${ROOT}.style.fontSize = ""`,
  },
  { name: 'right to left', on: `${ROOT}.dir = "rtl"`, off: `${ROOT}.dir = ""` },
] as const;

/** Returns one line for each element that moves, or would, although the user prefers reduced motion. */
export async function motionFindings(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(`(() => {
    const running = document.getAnimations().map((one) => 'animation of ' + one.effect?.target?.className);
    const long = (times) => times.split(',').some((time) => parseFloat(time) > 0.01);
    const styled = [...document.querySelectorAll('*')].flatMap((element) => {
      const { animationName, animationDuration, transitionDuration, scrollBehavior } = getComputedStyle(element);
      const moves = (animationName !== 'none' && long(animationDuration)) || long(transitionDuration) || scrollBehavior === 'smooth';
      return moves ? ['motion of ' + element.tagName.toLowerCase() + '.' + element.className] : [];
    });
    return [...new Set([...running, ...styled])];
  })()`);
}
