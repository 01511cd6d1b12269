import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { IRouter } from 'express';
import helmet from 'helmet';
import type { Deps } from '../deps.ts';
import type { Guards } from '../http/guards.ts';

const PATH = '/admin/queues';

/** Bull Board, for the administrator alone: it can retry, promote and remove jobs. */
export function queuesRoute(router: IRouter, { queues }: Deps, guards: Guards): void {
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(PATH);
  createBullBoard({
    queues: queues.all.map((queue) => new BullMQAdapter(queue)),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Pilotlight queues' } },
  });
  router.use(PATH, guards.admin, pageHeaders(), serverAdapter.getRouter());
}

/** The board brings its own scripts and styles; the web fonts it asks for are not fetched from anybody. */
function pageHeaders() {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
  });
}
