/** A shape cannot be used. The message states the expected and the actual value. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}
