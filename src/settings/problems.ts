/** One line about one variable: its name, what was found, what was expected. Never a secret's value. */
export function problem(name: string, found: string, expected: string): string {
  return `${name}: ${found}; expected ${expected}.`;
}

const LONGEST_SHOWN = 100;

/**
 * A value fit for a problem: on one line, not too long, and without what people paste into the wrong variable: anything before
 * an `@`, and the values of a query.
 */
export function shown(value: string): string {
  const safe = value.replace(/\S*@/g, '***@').replace(/([?&][^=&\s]*=)(?!\{)[^&\s]+/g, '$1***');
  const short = safe.length > LONGEST_SHOWN ? `${safe.slice(0, LONGEST_SHOWN)}…` : safe;
  return JSON.stringify(short);
}

/** What `loadConfig` collects; it stops at none of them. */
export interface Findings {
  /** Each prevents the start. */
  readonly problems: string[];
  /** Each is worth a log line. */
  readonly warnings: string[];
}
