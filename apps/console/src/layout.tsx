import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Connection } from './live/connection.tsx';
import { DemoNotice } from './live/demo-notice.tsx';
import { Link } from './router/link.tsx';
import { path } from './router/location.ts';
import { PAGES } from './routes.ts';
import { SessionButton } from './session/session-button.tsx';
import { ThemeSwitch } from './theme/theme-switch.tsx';

/** The frame of every page: navigation, the state of the connection, the page, and links to what lies outside the console. */
export function Layout({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    document.title = `${title} · Pilotlight`;
    // A screen reader reads the new page after a click in the navigation.
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [title]);
  return (
    <>
      <a class="skip-link" href="#page">
        Skip to the page
      </a>
      <header class="top">
        <div class="top-inner">
          <Link class="brand" href="/">
            <img src="/icon.svg" width="22" height="22" alt="" />
            Pilotlight
          </Link>
          <Navigation />
          <div class="top-tools">
            <Connection />
            <SessionButton />
            <ThemeSwitch />
          </div>
        </div>
      </header>
      <main class="page" id="page" tabIndex={-1} ref={main}>
        <h1 class="visually-hidden">{title}</h1>
        <DemoNotice />
        {children}
      </main>
      <footer class="foot">
        <a href="/docs">HTTP API</a>
        <a href="/docs/errors">Error codes</a>
        <a href="/docs/operations">Operations</a>
        <a href="/admin/queues">Job queues</a>
        <a href="/metrics">Metrics</a>
      </footer>
    </>
  );
}

function Navigation() {
  return (
    <nav class="nav" aria-label="Pages">
      {PAGES.map((page) => (
        <Link key={page.path} href={page.path} aria-current={page.path === path.value ? 'page' : undefined}>
          {page.title}
        </Link>
      ))}
    </nav>
  );
}
