import { mkdirSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildConsole } from '@pilotlight/console/build';
import { launchChromium, openConsole, THEMES } from '@pilotlight/console/testing';
import { freePort, newSecret, type Services, startServices } from '@pilotlight/stack';
import { AppProcess } from './app-process.ts';
import { loadSamples } from './load-samples.ts';
import { MAX_PICTURE_BYTES, PICTURES, pictureName } from './picture-list.ts';
import { ROOT } from './root.ts';
import { CommandError, runCommand } from './run-command.ts';
import { untilReady } from './until-ready.ts';

const [WIDTH, HEIGHT] = [1_280, 800];
const HOST = '127.0.0.1';
const GRACE_MS = 15_000;
/** Two samples of the live state, and a warming after the last upload. */
const SETTLE_MS = 8_000;
const READS = 240;

/** `npm run pictures -- [name …]`: takes the pictures of the console for README and docs, from a system of its own with sample logs. */
await runCommand(async () => {
  await buildConsole(log);
  const services = await startServices({ ephemeral: true, elasticsearch: false, log });
  const apps: AppProcess[] = [];
  try {
    await takePictures(services, apps);
  } finally {
    await Promise.all(apps.map((app) => app.stop({ graceMs: GRACE_MS, hurry: new Promise(() => undefined) })));
    await services.stop();
  }
});

async function takePictures(services: Services, apps: AppProcess[]): Promise<void> {
  const token = newSecret();
  const port = await freePort();
  const env = { ...process.env, ...services.env, HOST, PORT: String(port), ADMIN_TOKEN: token, LOG_LEVEL: 'warn' };
  for (const [name, script] of [
    ['api', 'apps/api/src/server.ts'],
    ['worker', 'apps/worker/src/worker.ts'],
  ] as const) {
    const app = AppProcess.start(name, script, env, log);
    if (app.pid !== undefined) services.supervise(app.pid);
    apps.push(app);
  }
  const base = `http://${HOST}:${port}`;
  await untilReady(base, log);
  await loadSamples(base, log);
  await readLikeClients(base);
  await delay(SETTLE_MS);
  const browser = await launchChromium();
  try {
    const names = process.argv.slice(2);
    const wanted = PICTURES.filter(({ name }) => names.length === 0 || names.includes(name));
    for (const picture of wanted) for (const theme of THEMES) await take(browser, { base, token, picture, theme });
  } finally {
    await browser.close();
  }
}

interface Taking {
  readonly base: string;
  readonly token: string;
  readonly picture: (typeof PICTURES)[number];
  readonly theme: (typeof THEMES)[number];
}

async function take(
  browser: Awaited<ReturnType<typeof launchChromium>>,
  { base, token, picture, theme }: Taking,
): Promise<void> {
  const size = { width: WIDTH, height: HEIGHT };
  const { page, faults } = await openConsole(browser, `${base}${picture.path}`, { theme, token, ...size });
  await page.getByText(picture.ready).first().waitFor();
  await page.evaluate('document.fonts.ready');
  await page.evaluate(nameHostNeutrally(hostname()));
  const file = join(ROOT, pictureName(picture.name, theme));
  mkdirSync(join(ROOT, 'docs', 'images'), { recursive: true });
  await page.screenshot({ path: file });
  await page.context().close();
  const { size: bytes } = statSync(file);
  log(`${pictureName(picture.name, theme)}: ${Math.ceil(bytes / 1_000)} kB`);
  if (faults.length > 0) throw new CommandError(`The page ${picture.path} reported: ${faults.join('; ')}`);
  if (bytes > MAX_PICTURE_BYTES)
    throw new CommandError(`${file}: expected at most ${MAX_PICTURE_BYTES} bytes, got ${bytes}.`);
}

/** Returns a script that replaces the name of this machine on the page. */
function nameHostNeutrally(name: string): string {
  return `for (const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); walker.nextNode(); ) {
    const { currentNode } = walker;
    if (currentNode.nodeValue === ${JSON.stringify(name)}) currentNode.nodeValue = 'host-1';
  }`;
}

/** Sends reads of which most are repeated, so that the counts and the latencies of the pictures are those of a service in use. */
async function readLikeClients(base: string): Promise<void> {
  const searches = ['error', 'payment', '"order placed"', 'timeout OR slow', 'status:503', 'warehouse'];
  const stats = ['', '?service=payments', '?level=ERROR', '?interval=1h', '?service=checkout'];
  for (let n = 0; n < READS; n++) {
    const pick = <Item>(items: readonly Item[]) => items[Math.floor(items.length * Math.random() ** 2)];
    const requests = [
      fetch(`${base}/api/stats${pick(stats)}`),
      fetch(`${base}/api/search`, { method: 'POST', body: JSON.stringify({ q: pick(searches) }) }),
      fetch(`${base}/api/files`),
    ];
    for (const answer of await Promise.all(requests)) {
      // A busy machine answers some first reads with 503.
      if (!answer.ok && answer.status !== 503)
        throw new CommandError(`Expected 200 from ${answer.url}, got ${answer.status}.`);
      await answer.arrayBuffer();
    }
    await delay(20);
  }
}

function log(line: string): void {
  console.log(line);
}
