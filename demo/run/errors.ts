import { constants } from 'node:os';
import { BrokerError } from '../../src/index.ts';

/** Ends the demo. Only the message is shown, without a stack. */
export class DemoError extends Error {
  override readonly name: string = 'DemoError';
  readonly exitStatus: number = 1;
}

/** A signal, or the reader of our output has gone. */
export class Interrupted extends DemoError {
  override readonly name = 'Interrupted';
  /** As in shells: 128 plus the signal's number. */
  override readonly exitStatus: number;

  constructor(signal: NodeJS.Signals) {
    super(`Interrupted (${signal}).`);
    this.exitStatus = 128 + constants.signals[signal];
  }
}

/** The error, then the errors of the clean-up. */
export function allErrors(error: unknown): unknown[] {
  return error instanceof SuppressedError ? [...allErrors(error.suppressed), ...allErrors(error.error)] : [error];
}

export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof DemoError || error instanceof BrokerError ? error.message : (error.stack ?? error.message);
}
