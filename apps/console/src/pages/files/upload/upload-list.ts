/** The uploads that are over and remain listed. */
export const MAX_OVER = 50;
/** The uploads that are drawn. */
export const MAX_LISTED = 100;

/** Returns the uploads without the oldest ones that are over, beyond `MAX_OVER`. */
export function kept<Upload>(uploads: readonly Upload[], isOver: (upload: Upload) => boolean): readonly Upload[] {
  let dropped = uploads.filter(isOver).length - MAX_OVER;
  return dropped <= 0 ? uploads : uploads.filter((upload) => !isOver(upload) || --dropped < 0);
}

/** Returns the uploads to draw, in order, and how many more wait behind them. */
export function listed<Upload>(uploads: readonly Upload[]): {
  readonly shown: readonly Upload[];
  readonly waiting: number;
} {
  return { shown: uploads.slice(0, MAX_LISTED), waiting: Math.max(0, uploads.length - MAX_LISTED) };
}
