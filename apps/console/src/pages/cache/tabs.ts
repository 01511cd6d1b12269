/** The sections of the page, in their order. */
export const TABS = [
  { name: 'endpoints', title: 'Endpoints' },
  { name: 'keys', title: 'Hot keys' },
  { name: 'explain', title: 'Explain' },
  { name: 'learned', title: 'Learned times' },
  { name: 'invalidate', title: 'Invalidate' },
  { name: 'log', title: 'Log' },
] as const;
export type Tab = (typeof TABS)[number]['name'];

/** Returns the section of the parameter `tab`; the first one for every other text. */
export function tabOf(text: string | null): Tab {
  return TABS.find(({ name }) => name === text)?.name ?? TABS[0].name;
}
