/** The pictures of the console: where each is taken, and a text that the page shows once it is complete. */
export const PICTURES = [
  { name: 'overview', path: '/', ready: 'Latest changes' },
  { name: 'search', path: '/search?q=payment', ready: 'payment was refused' },
  { name: 'cache', path: '/cache?tab=keys', ready: 'get_stats' },
  { name: 'system', path: '/system', ready: 'Nothing is wrong.' },
] as const;

/** A picture of more bytes makes each clone larger for good. */
export const MAX_PICTURE_BYTES = 150_000;

export function pictureName(name: (typeof PICTURES)[number]['name'], theme: 'light' | 'dark'): string {
  return `docs/images/${name}-${theme}.png`;
}
