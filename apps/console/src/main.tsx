import { render } from 'preact';
import { App } from './app.tsx';
import { startLive } from './live/live.ts';
import { applyTheme } from './theme/theme.ts';

applyTheme();
const root = document.getElementById('app');
if (root === null) throw new Error('expected an element with the id "app" in the page, got none');
// The api samples the state while the page is drawn.
startLive();
render(<App />, root);
