/** How urgent an alert is: `critical` wants a person now, `warning` today; `info` says that something is over. */
export const ALERT_SEVERITIES = ['critical', 'warning', 'info'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** What is told to people, in their language. It holds no personal data and no secret. */
export interface AlertMessage {
  /** The same for each attempt to deliver it, so that a receiver can tell a repeat. */
  readonly id: string;
  /** What happened, for programs, such as `outage_began`. */
  readonly kind: string;
  readonly severity: AlertSeverity;
  readonly at: Date;
  readonly shop: string;
  /** One line. */
  readonly title: string;
  /** What it means and what to do, one sentence or fact each. */
  readonly lines: readonly string[];
  /** The same for programs: values of JSON alone. */
  readonly facts: Readonly<Record<string, unknown>>;
}
