import type { Subject } from './subject.ts';

/** `wrong`: orders would be lost, late or different. `odd`: a person should look whether it is right. */
export type Verdict = 'ok' | 'wrong' | 'odd' | 'skipped';

/** What a check has to say, in words for the author of an adapter. It holds no personal data. */
export interface Finding {
  readonly verdict: Verdict;
  readonly message: string;
  /** Order numbers, each with the field meant. */
  readonly examples?: readonly string[];
  /** What to do about it. */
  readonly remedy?: string;
}

/** One promise that a port makes, tried out on the real shop or internal system. */
export interface ContractCheck<S = Subject> {
  /** One or two words. */
  readonly name: string;
  /** What keeps the promise says `ok`, too. */
  run(subject: S): Promise<readonly Finding[]> | readonly Finding[];
}

export const ok = (message: string): Finding => ({ verdict: 'ok', message });
export const skipped = (message: string): Finding => ({ verdict: 'skipped', message });

type More = Pick<Finding, 'remedy'> & { readonly examples?: readonly string[] };

export const wrong = (message: string, more: More = {}): Finding => finding('wrong', message, more);
export const odd = (message: string, more: More = {}): Finding => finding('odd', message, more);

const EXAMPLES = 3;

function finding(verdict: Verdict, message: string, { examples = [], remedy }: More): Finding {
  return {
    verdict,
    message,
    ...(examples.length === 0 ? {} : { examples: examples.slice(0, EXAMPLES) }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}
