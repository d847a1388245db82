import {
  BrokerClosedError,
  BrokerError,
  BrokerOptionsError,
  BrokerRefusedError,
  UnroutableError,
} from '../../broker/errors.ts';
import { ConfigError, isRefusal, SyncError } from '../../errors.ts';

/** Exit statuses, those of sysexits.h where it has one. systemd's restart policy relies on them. */
export const EXIT = {
  ok: 0,
  /** Something was not found, is out of sync, or could not be done. */
  failed: 1,
  /** The command line is wrong. */
  usage: 64,
  /** RabbitMQ, the shop or the internal system does not answer. */
  unavailable: 69,
  /** A bug in order-sync. */
  bug: 70,
  /** Stopped, but the drain deadline passed: unfinished events went back to the queue. */
  drainDeadlinePassed: 75,
  /** A person has to change the configuration, or what the broker or database holds. */
  badConfiguration: 78,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** Why a command can't do its job, in a message for people. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly status: ExitStatus;

  constructor(message: string, status: ExitStatus = EXIT.failed) {
    super(message);
    this.status = status;
  }
}

/** The exit status for this kind of failure; undefined for an unforeseen error. */
export function exitStatusOf(error: unknown): ExitStatus | undefined {
  if (error instanceof CommandError) return error.status;
  if (error instanceof ConfigError) return EXIT.badConfiguration;
  if (error instanceof BrokerOptionsError || error instanceof BrokerRefusedError) return EXIT.badConfiguration;
  if (error instanceof UnroutableError) return EXIT.badConfiguration;
  if (error instanceof BrokerError && !(error instanceof BrokerClosedError)) return EXIT.unavailable;
  if (!(error instanceof SyncError) || error.reason === 'unexpected') return undefined;
  if (isRefusal(error.reason)) return EXIT.badConfiguration;
  // Not one order: all of them, so the address is wrong.
  if (error.reason === 'order_not_found' && error.kind === 'outage') return EXIT.badConfiguration;
  return error.dependency === undefined ? EXIT.failed : EXIT.unavailable;
}
