export { axeFindings } from './axe.ts';
export { chromiumPath, launchChromium, NEEDS_CHROMIUM } from './chromium.ts';
export { isTooWide, newPage, type OpenOptions, openConsole, screenshots, THEMES, WIDTHS } from './console-pages.ts';
export { type ListedPage, listedPages, untilDrawn } from './navigation.ts';
export { builtBytes, countReceived } from './sizes.ts';
