import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { Express, IRouter } from 'express';
import type { Deps } from '../deps.ts';
import type { Guards } from '../http/auth.ts';
import { pageHeaders } from '../http/security-headers.ts';

const PATH = '/admin/queues';

/**
 * Serves Bull Board; its web fonts of other sites are blocked. It needs the admin token, because it can retry, promote and
 * remove jobs.
 */
export function queuesRoute(router: IRouter, { queues }: Deps, guards: Guards): void {
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(PATH);
  createBullBoard({
    queues: queues.all.map((queue) => new BullMQAdapter(queue)),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Pilotlight queues' } },
  });
  const board: Express = serverAdapter.getRouter();
  board.disable('x-powered-by');
  router.use(PATH, guards.admin, pageHeaders(), board);
}
