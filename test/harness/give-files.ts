import type { Page } from 'playwright-core';

/** A log of two lines. */
export const LINES = '2026-03-01 10:00:00 INFO cart: added lamp\n2026-03-01 10:00:01 ERROR pay: card declined\n';

/** A file as the browser gives it to a page. */
interface GivenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

export function fileOf(name: string, content = LINES): GivenFile {
  return { name, mimeType: 'text/plain', buffer: Buffer.from(content) };
}

/** Chooses files, as a user does in the dialog of the browser. */
export async function choose(page: Page, files: GivenFile[]): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(files);
}

/** Drops a file on the page, as a user does with the mouse. */
export async function drop(page: Page, name: string, content = LINES): Promise<void> {
  await page.evaluate(`{
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([${JSON.stringify(content)}], ${JSON.stringify(name)}));
    for (const type of ['dragover', 'drop'])
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  }`);
}
