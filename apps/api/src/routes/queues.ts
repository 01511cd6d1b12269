import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { ROUTES } from '@pilotlight/contracts/http';
import type { Express } from 'express';
import type { Deps } from '../deps.ts';
import type { Handlers } from '../http/register-routes.ts';
import { pageHeaders } from '../http/security-headers.ts';

/**
 * Serves Bull Board; its web fonts of other sites are blocked. It needs the admin token, because it can retry, promote and
 * remove jobs.
 */
export function openQueueBoard({ queues }: Deps): Handlers {
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(ROUTES.openQueueBoard.path);
  createBullBoard({
    queues: queues.all.map((queue) => new BullMQAdapter(queue)),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Pilotlight queues' } },
  });
  const board: Express = serverAdapter.getRouter();
  board.disable('x-powered-by');
  return [pageHeaders(), board];
}
