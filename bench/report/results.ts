/** The results of one figure. */
export interface FigureResult {
  /** Those without a bar only inform. */
  readonly verdicts: readonly (Verdict | Finding)[];
  /** All measurements, for the JSON file. */
  readonly runs: readonly object[];
  /** Median orders per second by contender, for the plot. */
  readonly throughput?: Readonly<Record<string, number>>;
  /** Milliseconds from publish to commit by contender, for the plot. */
  readonly latencies?: Readonly<Record<string, readonly number[]>>;
  /** For the plot. */
  readonly timeline?: readonly TimelinePoint[];
}

export interface TimelinePoint {
  readonly seconds: number;
  /** Events drained so far. */
  readonly drained: number;
  readonly residentMb: number;
}

/** A measured value. */
export interface Finding {
  readonly what: string;
  /** "3,400 orders/s" */
  readonly measured: string;
  /** The comparison: "floor 3,900 orders/s". */
  readonly against: string;
  readonly value: number;
  readonly unit: '×' | 'orders/s' | 'MB' | 'ms';
}

/** A measured value against its bar. */
export interface Verdict extends Finding {
  readonly bar: number;
  readonly sense: 'at least' | 'at most';
}

export function isMet({ value, bar, sense }: Verdict): boolean {
  return sense === 'at least' ? value >= bar : value <= bar;
}

export function inUnit(value: number, unit: string): string {
  return unit === '×' ? `${value.toFixed(2)} ×` : `${grouped(value)} ${unit}`;
}

/** "3,412", or "18.3" for small values. */
export function grouped(value: number): string {
  const digits = Math.abs(value) < 100 ? 1 : 0;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
