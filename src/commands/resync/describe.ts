import { conflictWarning } from '../../internal-system/conflicts.ts';
import { visible } from '../cli/output.ts';
import { describeChanges } from '../cli/row-changes.ts';
import { alignedLines } from '../cli/table.ts';
import type { Older, Written } from './force.ts';
import type { Comparison, FailedResync, Preview, Version } from './preview.ts';

/** For a person: what a resync would do. */
export function describePreview(preview: Preview, force: boolean): string[] {
  if (preview.outcome === null) return describeFailure(preview);
  const rows = describeChanges(preview.rows ?? []).map((line) => `  ${line}`);
  return [`${preview.orderNumber} ${inWords(preview, force)}`, ...differenceLines(preview), ...rows];
}

export function describeOlder({ orderNumber, comparison }: Older): string[] {
  const title = `${orderNumber} is older in the shop than here${versionsOf(comparison)}`;
  return [title, ...differenceLines(comparison)];
}

export function describeWritten({ orderNumber, outcome, replaced, conflicts }: Written): string {
  const what = replaced !== null ? 'was replaced' : outcome === 'synced' ? 'was updated' : 'is up to date';
  return `${orderNumber} ${what}${conflictWarning(conflicts)}`;
}

export function describeFailure({ reference, error }: FailedResync): string[] {
  return [`${reference} failed: ${visible(error.message)}`];
}

/** As JSON: an error as its reason and message. */
export function asJson(result: Preview | Written): object {
  if (result.outcome !== null) return result;
  const { reference, outcome, error } = result;
  return { reference, outcome, reason: error.reason, error: error.message };
}

function inWords(comparison: Comparison, force: boolean): string {
  switch (comparison.outcome) {
    case 'synced':
      return comparison.isNew ? 'would be added: the internal system does not have it yet' : 'would be updated';
    case 'unknown':
      return 'would be written like this, unless the same or something newer is stored: the INTERNAL_SYSTEM module has no findOrders(), so nothing can be compared';
    case 'unchanged':
      return 'is up to date';
    case 'stale':
      return `${
        force
          ? 'would be replaced although it is older in the shop than here'
          : 'would stay as it is: it is older in the shop than here, and only --force replaces it'
      }${versionsOf(comparison)}`;
    default:
      return comparison.outcome satisfies never;
  }
}

function versionsOf({ stored, shop }: Comparison): string {
  const text = ({ status, updatedAt }: Version) => visible(`${status}, changed ${updatedAt}`);
  return stored === null ? '' : ` (here: ${text(stored)}; shop: ${text(shop)})`;
}

/** Both sides; only the shop's where nothing is stored. */
function differenceLines({ stored: storedVersion, differences }: Pick<Comparison, 'stored' | 'differences'>): string[] {
  const rows = differences.map(({ path, stored = '(missing)', shop = '(missing)' }) =>
    storedVersion === null ? [`${path}:`, shop] : [`${path}:`, stored, '→', shop],
  );
  return alignedLines(
    rows.map((cells) => cells.map(visible)),
    [undefined, undefined, undefined, undefined],
  ).map((line) => `  ${line}`);
}
