import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // Nothing of the build comes from another server, and no file of it is inlined: the policy of the page allows no `data:` script.
  base: '/',
  publicDir: 'public',
  appType: 'spa',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    // The browsers of the last two years.
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    sourcemap: false,
    reportCompressedSize: false,
  },
  // A developer's server: `npx vite apps/console` with an api on port 5000.
  server: {
    proxy: Object.fromEntries(
      ['/api', '/readyz', '/healthz', '/docs', '/openapi.json', '/admin', '/metrics'].map((path) => [
        path,
        'http://127.0.0.1:5000',
      ]),
    ),
  },
});
