import type { Page } from 'playwright-core';

interface AxNode {
  readonly ignored: boolean;
  readonly backendDOMNodeId?: number;
  readonly role?: { readonly value?: unknown };
  readonly name?: { readonly value?: unknown };
  readonly properties?: readonly { readonly name: string; readonly value: { readonly value?: unknown } }[];
}

/** These have the focus only after a script or a skip link moved it there, and need no name. */
const UNNAMED = ['RootWebArea', 'main'];

/** Returns one line for each element that can have the focus and for which Chromium computes no accessible name. */
export async function namelessControls(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as { nodes: readonly AxNode[] };
  const nameless = nodes
    .filter(({ ignored, properties = [] }) => !ignored && properties.some(isFocusable))
    .filter(({ role, name }) => !UNNAMED.includes(String(role?.value)) && String(name?.value ?? '').trim() === '');
  const found: string[] = [];
  for (const { role, backendDOMNodeId } of nameless) {
    // A live page may have removed the element meanwhile.
    const described = await session
      .send('DOM.describeNode', backendDOMNodeId === undefined ? {} : { backendNodeId: backendDOMNodeId })
      .catch(() => null);
    if (described === null) continue;
    const { localName, attributes = [] } = described.node;
    found.push(`a ${String(role?.value)} without a name: ${[localName, ...attributes].join(' ')}`);
  }
  await session.detach();
  return found;
}

function isFocusable({ name, value }: NonNullable<AxNode['properties']>[number]): boolean {
  return name === 'focusable' && value.value === true;
}
