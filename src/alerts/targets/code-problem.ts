import { AlertError } from './target.ts';
import { jsonOf, oneLine } from './web-target.ts';

/** How a platform says what happened. */
export interface Codes {
  /** The fields that may hold the code; the first one counts. 0 is success. */
  readonly fields: readonly string[];
  /** The field that holds the reason. */
  readonly reason: string;
  /** A later attempt may work: after so many ms, or undefined. */
  readonly passing: ReadonlyMap<number, number | undefined>;
  /** What to do about it. */
  readonly remedies: ReadonlyMap<number, string>;
}

/** Why a message was not taken, by the code in a reply, which comes with HTTP 200 as a rule. */
export function codeProblem(text: string, isSuccess: boolean, codes: Codes): AlertError | undefined {
  const { fields, reason, passing, remedies } = codes;
  const reply = jsonOf(text);
  const [field, code] =
    fields.map((name) => [name, reply?.[name]] as const).find(([, found]) => found !== undefined) ?? [];
  if (code === 0) return undefined;
  if (typeof code !== 'number' || field === undefined) {
    if (!isSuccess) return undefined;
    return new AlertError(`The reply has no ${fields[0]}: something else answers there.`, { mayPass: false });
  }
  const said = typeof reply?.[reason] === 'string' ? ` (${oneLine(reply[reason])})` : '';
  const remedy = remedies.get(code);
  return new AlertError(`It answered ${field} ${code}${said}.${remedy === undefined ? '' : ` ${remedy}`}`, {
    mayPass: passing.has(code),
    retryAfterMs: passing.get(code),
  });
}
