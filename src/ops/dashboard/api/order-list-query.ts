import { z } from 'zod';
import { LEDGER_STATES, LISTED_BY, type OrderCriteria, type OrderFilter } from '../../../internal-system/ledger.ts';
import { Refused } from '../../http/json-body.ts';
import { LANGUAGES, type Language } from './list-words.ts';

const MOST_LISTED = 200;
const LISTED = 50;

const flag = z.literal('true').transform(() => true as const);
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const criteriaParameters = z.strictObject({
  by: z.enum(LISTED_BY).optional(),
  since: instant.optional(),
  until: instant.optional(),
  state: z.enum(LEDGER_STATES).optional(),
  conflicts: flag.optional(),
  mismatch: flag.optional(),
  undelivered: flag.optional(),
});

const pageParameters = criteriaParameters.extend({
  after: z.string().min(1).max(200).optional(),
  limit: z.coerce.number().int().min(1).max(MOST_LISTED).default(LISTED),
});

const fileParameters = criteriaParameters.extend({
  language: z.enum(LANGUAGES).default('en'),
  zone: z.string().refine(isZone, 'Expected a time zone such as Asia/Shanghai.').default('UTC'),
  personal: flag.optional(),
});

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function criteriaOf(asked: z.infer<typeof criteriaParameters>): OrderCriteria {
  const { by, since, until, state, conflicts, mismatch, undelivered } = asked;
  return {
    ...(by === undefined ? {} : { by }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(state === undefined ? {} : { state }),
    ...(conflicts ? { conflictsOnly: true } : {}),
    ...(mismatch ? { mismatchOnly: true } : {}),
    ...(undelivered ? { undeliveredOnly: true } : {}),
  };
}

/** `state=retrying&since=…&after=…` @throws Refused */
export function readPageQuery(query: URLSearchParams): OrderFilter {
  const { after, limit, ...asked } = validated(pageParameters, query);
  return { ...criteriaOf(asked), limit, ...(after === undefined ? {} : { after }) };
}

export interface FileQuery {
  readonly criteria: OrderCriteria;
  readonly language: Language;
  readonly zone: string;
  readonly withPersonal: boolean;
}

/** `conflicts=true&language=zh&zone=Asia/Shanghai` @throws Refused */
export function readFileQuery(query: URLSearchParams): FileQuery {
  const { language, zone, personal = false, ...asked } = validated(fileParameters, query);
  return { criteria: criteriaOf(asked), language, zone, withPersonal: personal };
}

/** Strict: a mistyped parameter must not count as no filter. */
function validated<T>(schema: z.ZodType<T>, query: URLSearchParams): T {
  const parsed = schema.safeParse(Object.fromEntries(query));
  if (!parsed.success) throw new Refused(400, `Invalid request: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
