import { AlertError } from './target.ts';
import { jsonOf, oneLine } from './web-target.ts';

export interface KnownCodes {
  /** A later attempt may work: after so many ms, or undefined. */
  readonly passing: ReadonlyMap<number, number | undefined>;
  /** What to do about it. */
  readonly remedies: ReadonlyMap<number, string>;
}

/**
 * These platforms answer 200 whatever happened, and say it in a code: 0 is success.
 *
 * @param codes the fields that may hold it, the first one counts
 */
export function codeProblem(
  text: string,
  codes: readonly string[],
  reason: string,
  { passing, remedies }: KnownCodes,
): AlertError | undefined {
  const reply = jsonOf(text);
  const [field, code] =
    codes.map((name) => [name, reply?.[name]] as const).find(([, found]) => found !== undefined) ?? [];
  if (code === 0) return undefined;
  if (typeof code !== 'number' || field === undefined) {
    return new AlertError(`The reply has no ${codes[0]}: something else answers there.`, { mayPass: false });
  }
  const said = typeof reply?.[reason] === 'string' ? ` (${oneLine(reply[reason])})` : '';
  const remedy = remedies.get(code);
  return new AlertError(`It answered ${field} ${code}${said}.${remedy === undefined ? '' : ` ${remedy}`}`, {
    mayPass: passing.has(code),
    retryAfterMs: passing.get(code),
  });
}
