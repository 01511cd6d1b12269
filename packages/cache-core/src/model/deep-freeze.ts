/** Deeply freezes a value that was parsed from JSON. It walks the value without recursion, so that no depth exhausts the stack. */
export function deepFreeze(root: unknown): void {
  const todo: unknown[] = [root];
  while (todo.length > 0) {
    const next = todo.pop();
    if (typeof next !== 'object' || next === null) continue;
    const members: readonly unknown[] = Array.isArray(next) ? next : Object.values(next);
    for (let i = 0; i < members.length; i++) if (typeof members[i] === 'object') todo.push(members[i]);
    Object.freeze(next);
  }
}
