import type { ComponentType } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Layout } from './layout.tsx';
import { path } from './router/location.ts';
import { PAGES, type PageRoute } from './routes.ts';
import { TokenDialog } from './session/token-dialog.tsx';
import { Boundary } from './ui/boundary.tsx';
import { Empty, Failed, Loading } from './ui/states.tsx';
import { Toasts } from './ui/toasts.tsx';

export function App() {
  const route = PAGES.find((page) => page.path === path.value);
  return (
    <>
      <Layout title={route?.title ?? 'Not found'}>
        {route === undefined ? <NotFound /> : <Page key={route.path} route={route} />}
      </Layout>
      <TokenDialog />
      <Toasts />
    </>
  );
}

type Loaded = { readonly page: ComponentType } | { readonly error: unknown } | null;

function Page({ route }: { readonly route: PageRoute }) {
  const [loaded, setLoaded] = useState<Loaded>(null);
  const alive = useRef(true);
  // Not after the next paint: the code of the page is on its way while the frame is painted.
  useLayoutEffect(() => {
    route.load().then(
      (page) => alive.current && setLoaded({ page }),
      (error: unknown) => alive.current && setLoaded({ error }),
    );
    return () => {
      alive.current = false;
    };
  }, [route]);
  if (loaded === null) return <Loading what={route.title} />;
  if ('error' in loaded) return <Failed error={loaded.error} retry={() => window.location.reload()} />;
  return (
    <Boundary>
      <loaded.page />
    </Boundary>
  );
}

function NotFound() {
  return <Empty title="The console has no such page" hint="Choose one of the pages above." />;
}
