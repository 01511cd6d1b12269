/** A moment of a hand-over, in their order. */
export type StepOfHandOver = 'before append' | 'after append' | 'after removal' | 'after commit';

export type ToWatch =
  | { readonly do: 'read'; readonly id: number; readonly key: number }
  | { readonly do: 'catch up'; readonly id: number }
  | { readonly do: 'stop at'; readonly step: StepOfHandOver };

export type FromWatch =
  | { readonly is: 'started' }
  | { readonly is: 'at step' }
  | { readonly is: 'answer'; readonly id: number; readonly value: number | null };
