import {
  BrokerClosedError,
  BrokerError,
  BrokerOptionsError,
  BrokerRefusedError,
  UnroutableError,
} from '../../broker/errors.ts';
import { ConfigError, SyncError } from '../../errors.ts';

/** Exit statuses, after sysexits.h where it has one. systemd's restart policy relies on them. */
export const EXIT = {
  ok: 0,
  /** Some of what was asked for is not so, or could not be done. */
  failed: 1,
  /** The command line is wrong. */
  usage: 64,
  /** Broker, shop or internal system does not answer. */
  unavailable: 69,
  /** A bug in order-sync. */
  bug: 70,
  /** Stopped, but the drain deadline passed: the rest was given back to the queue. */
  drainDeadlinePassed: 75,
  /** Configuration, or what the broker or database holds, has to be changed by a person first. */
  badConfiguration: 78,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** A command can't do what it was asked for, and says why. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly status: ExitStatus;

  constructor(message: string, status: ExitStatus = EXIT.failed) {
    super(message);
    this.status = status;
  }
}

/** The status that says what kind of failure this is; undefined for what nobody foresaw. */
export function exitStatusOf(error: unknown): ExitStatus | undefined {
  if (error instanceof CommandError) return error.status;
  if (error instanceof ConfigError) return EXIT.badConfiguration;
  if (error instanceof BrokerOptionsError || error instanceof BrokerRefusedError) return EXIT.badConfiguration;
  if (error instanceof UnroutableError) return EXIT.badConfiguration;
  if (error instanceof BrokerError && !(error instanceof BrokerClosedError)) return EXIT.unavailable;
  if (!(error instanceof SyncError) || error.reason === 'unexpected') return undefined;
  if (error.reason === 'shop_refused_credentials') return EXIT.badConfiguration;
  return error.dependency === undefined ? EXIT.failed : EXIT.unavailable;
}
