/** A protection that a control test removes from a process. */
export type Without = 'fence' | 'lease' | 'fill lock' | 'register';

export type ToProcess =
  | { readonly do: 'read'; readonly id: number; readonly key: string; readonly readers: number }
  | { readonly do: 'invalidate'; readonly id: number; readonly key: string }
  | { readonly do: 'loaded'; readonly load: number; readonly value: string };

export type FromProcess =
  | { readonly is: 'started' }
  | { readonly is: 'loading'; readonly load: number; readonly key: string }
  /** `values`: the distinct values that the readers got. */
  | { readonly is: 'read'; readonly id: number; readonly values: readonly string[]; readonly verified: boolean }
  | { readonly is: 'invalidated'; readonly id: number; readonly state: 'applied' | 'pending' };
