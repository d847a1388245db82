import { z } from 'zod';
import type { Reply } from '../../client/json-http.ts';
import { type FailureReason, SyncError } from '../../errors.ts';
import { badReply } from '../http/failures.ts';

const graphqlReply = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ extensions: z.object({ code: z.string().optional() }).optional() })).optional(),
});

/** GraphQL says what is wrong in a reply with HTTP 200, by a code: which failure is which code? */
export function graphqlProblem(
  reasons: Readonly<Record<string, FailureReason>>,
): (reply: Reply) => SyncError | undefined {
  return ({ json }) => {
    const { errors = [] } = graphqlReply.safeParse(json).data ?? {};
    const codes = errors.map(({ extensions }) => extensions?.code ?? '');
    const known = codes.find((code) => Object.hasOwn(reasons, code));
    return known === undefined
      ? undefined
      : new SyncError(reasons[known] ?? 'shop_error', `The shop answered ${known}.`);
  };
}

/** @throws SyncError when the reply has errors, or no data. Their codes are shown; their texts may hold anything */
export function readData(json: unknown): unknown {
  const reply = graphqlReply.safeParse(json);
  if (!reply.success) throw badReply('it is not a GraphQL reply');
  const { data, errors = [] } = reply.data;
  if (errors.length > 0) {
    const codes = [...new Set(errors.map(({ extensions }) => extensions?.code))].filter((code) =>
      CODE.test(code ?? ''),
    );
    const shown = codes.length === 0 ? '' : ` (${codes.slice(0, 5).join(', ')})`;
    throw new SyncError('shop_error', `The shop answered the query with an error${shown}.`);
  }
  if (data === undefined || data === null) throw badReply('it holds no data');
  return data;
}

const CODE = /^\w{1,60}$/;
