import type { Response } from 'express';

/** An answer that nobody may keep. */
export function sendJson(response: Response, status: number, body: object): void {
  response
    .status(status)
    .set({ 'Cache-Control': 'no-store', 'Content-Type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(body));
}
