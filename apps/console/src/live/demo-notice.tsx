import { count } from '../format/format.ts';
import { useLive } from './live.ts';

/** Says that a part of the reads is made up; nothing unless the api makes them. */
export function DemoNotice() {
  const demo = useLive('demo');
  if (demo === null || !demo.data.on) return null;
  return (
    <p class="notice demo-notice">
      <span class="mark">Demo traffic</span>
      <span>
        A built-in reader asks the three endpoints while a console is open: {count(demo.data.reads)} reads so far. It is
        off with <code>npm start -- --no-sample</code>.
      </span>
    </p>
  );
}
