import type { Page } from 'playwright-core';

/** A page of the console as its navigation lists it. */
export interface ListedPage {
  readonly path: string;
  readonly title: string;
}

/** Returns the pages that the navigation lists, in its order. */
export async function listedPages(page: Page): Promise<ListedPage[]> {
  const links = await page.locator('nav[aria-label="Pages"] a').all();
  return Promise.all(
    links.map(async (link) => ({
      path: (await link.getAttribute('href')) ?? '',
      title: (await link.textContent()) ?? '',
    })),
  );
}

/** Resolves once a page is drawn: it has its heading and its content, and waits for no answer. */
export async function untilDrawn(page: Page, { title }: Pick<ListedPage, 'title'>): Promise<void> {
  await page.locator('main h1', { hasText: title }).waitFor({ state: 'attached' });
  await page.locator('[data-connection="live"]').waitFor();
  await page.locator('main > :not(h1)').first().waitFor({ state: 'attached' });
  await page.locator('main .skeleton').first().waitFor({ state: 'detached' });
}
