import type { ImportPlan } from '../../import/import-plan.ts';
import type { ImportState } from '../../import/import-state.ts';
import { CommandError, EXIT } from '../cli/exit-status.ts';
import { commandFor, type ImportOptions, isSame, wishOf } from './options.ts';

/** What a dry run may leave open. */
const ANY_STATUS = 'the status that you choose';

/** @param begunAt what durations such as "400d" are counted from, however often it is interrupted */
export function planOf({ since, until, fulfilment, shippedBefore }: ImportOptions, begunAt: Date): ImportPlan {
  const plan = {
    since: since.at(begunAt),
    until: until?.at(begunAt),
    fulfilment: fulfilment ?? ANY_STATUS,
    shippedBefore: shippedBefore?.at(begunAt),
    begunAt,
  };
  if (plan.until !== undefined && plan.until <= plan.since)
    throw new CommandError(`--until ${until?.text} is not after --since ${since.text}.`, EXIT.usage);
  return plan;
}

/** @param earlier the import that is not finished @throws CommandError if that is another one */
export function refuseOtherImport(earlier: ImportState | undefined, options: ImportOptions): void {
  if (earlier === undefined || isSame(earlier.wish, wishOf(options))) return;
  const place = earlier.placed === null ? '' : `, at ${earlier.placed.slice(0, 10)}`;
  throw new CommandError(
    `An import that began at ${earlier.begunAt} is unfinished${place}. To go on with it: ${commandFor(earlier.wish)}\n` +
      'To begin this one instead, add --restart: orders that are here already are not fetched again.',
    EXIT.usage,
  );
}
