/** Ends the bench; its message says all there is to say. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}
