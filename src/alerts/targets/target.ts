import type { AlertMessage } from '../alert-message.ts';

/** What a message is written as, and how it is sent. */
export const ALERT_FORMATS = ['json', 'wecom', 'dingtalk', 'feishu', 'slack', 'email'] as const;
export type AlertFormat = (typeof ALERT_FORMATS)[number];

/** Somewhere alerts go. */
export interface AlertTarget {
  /** Its format, and which of several of that format: `wecom`, `wecom-2`. In logs and metrics. */
  readonly name: string;
  readonly format: AlertFormat;
  /** With the port if it is not the usual one. All that may be shown of its address: the rest may hold a secret. */
  readonly host: string;
  /** What the platform allows; undefined: no limit is known. */
  readonly perMinute: number | undefined;
  /**
   * One attempt. Resolves once the other side has taken the message.
   *
   * @param missed how many messages before this one were not delivered: the message says so
   * @throws AlertError; the signal's reason when aborted
   */
  send(message: AlertMessage, missed: number, signal: AbortSignal): Promise<void>;
  /** Gives up its connections. */
  close(): Promise<void>;
}

export interface AlertErrorOptions {
  /** A later attempt may work. */
  readonly mayPass: boolean;
  /** How long it asks us to wait, in ms. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** Why an alert was not taken: one sentence for a person, without the secret of the address. */
export class AlertError extends Error {
  override readonly name = 'AlertError';
  readonly mayPass: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { mayPass, retryAfterMs, cause }: AlertErrorOptions) {
    super(message, cause === undefined ? {} : { cause });
    this.mayPass = mayPass;
    this.retryAfterMs = retryAfterMs;
  }

  /** Anything thrown → an AlertError. What nobody foresaw is not tried again. */
  static from(error: unknown): AlertError {
    if (error instanceof AlertError) return error;
    const name = error instanceof Error ? error.name : typeof error;
    return new AlertError(`Unexpected ${name}.`, { mayPass: false, cause: error });
  }
}
