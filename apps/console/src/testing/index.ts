export { axeFindings } from './axe.ts';
export { chromiumPath, launchChromium, NEEDS_CHROMIUM } from './chromium.ts';
export {
  isTooWide,
  newPage,
  type OpenedConsole,
  type OpenOptions,
  openConsole,
  screenshots,
  THEMES,
  WIDTHS,
} from './console-pages.ts';
export { keyboardFindings, skipsToContent } from './keyboard.ts';
export { namelessControls } from './names.ts';
export { type ListedPage, listedPages, untilDrawn } from './navigation.ts';
export { motionFindings, reflowFindings } from './reflow.ts';
export { builtBytes, countReceived } from './sizes.ts';
