import type { ComponentType } from 'preact';

export interface PageRoute {
  readonly path: string;
  readonly title: string;
  /** Loads the code of the page. Only the first page that a user opens is loaded at once. */
  readonly load: () => Promise<ComponentType>;
}

/** Every page of the console, in the order of the navigation. The api serves `index.html` at these paths. */
export const PAGES: readonly PageRoute[] = [
  {
    path: '/',
    title: 'Overview',
    load: async () => (await import('./pages/overview/overview-page.tsx')).OverviewPage,
  },
  { path: '/search', title: 'Search', load: async () => (await import('./pages/search/search-page.tsx')).SearchPage },
  { path: '/files', title: 'Files', load: async () => (await import('./pages/files/files-page.tsx')).FilesPage },
  { path: '/cache', title: 'Cache', load: async () => (await import('./pages/cache/cache-page.tsx')).CachePage },
  { path: '/system', title: 'System', load: async () => (await import('./pages/system/system-page.tsx')).SystemPage },
];
