import type { Config } from '@pilotlight/runtime';
import type { RequestHandler } from 'express';
import { adminGuard } from './admin-guard.ts';
import { apiGuard } from './api-guard.ts';

/** Who may pass. */
export interface Guards {
  /** Reads, uploads and deletes. */
  readonly api: RequestHandler;
  readonly admin: RequestHandler;
}

export function createGuards({ apiTokens, adminToken }: Config): Guards {
  return { api: apiGuard(apiTokens, adminToken), admin: adminGuard(adminToken) };
}
