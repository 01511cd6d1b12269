/** A shape cannot be used. The message says what was expected and what came. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}
