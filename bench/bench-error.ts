/** Ends the benchmark. Only the message is shown, without a stack. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}
