export { axeFindings } from './axe.ts';
export { chromiumPath, launchChromium, NEEDS_CHROMIUM } from './chromium.ts';
export { isTooWide, type OpenOptions, openConsole, screenshots, THEMES, WIDTHS } from './console-pages.ts';
