import { loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import type { AuditStore, RestorableDeadLetter } from '../../internal-system/audit-store.ts';
import { EXIT } from '../cli/exit-status.ts';
import { print, printJsonLine, visible } from '../cli/output.ts';
import { type Column, printTable } from '../cli/table.ts';
import { ago } from '../cli/times.ts';
import { withAudit } from '../connect/with-audit.ts';

/** As many as are kept. */
const MOST = 10_000;
const PAGE = 100;

/** What can be restored, newest first. */
export async function listDiscarded(
  names: readonly string[],
  { limit = MOST, json }: { readonly limit?: number; readonly json?: true },
): Promise<number> {
  const config = loadConfig(readEnvironment(), ['internalSystem']);
  return await withAudit(config, async (audit) => {
    const kept = newest(audit, names, limit);
    if (json) for await (const deadLetter of kept) await printJsonLine(asJson(deadLetter));
    else if ((await printTable(COLUMNS, kept)) === 0) await print('Nothing discarded can be restored.');
    return EXIT.ok;
  });
}

/** Page by page: their messages may be large. */
async function* newest(
  audit: AuditStore,
  names: readonly string[],
  limit: number,
): AsyncGenerator<RestorableDeadLetter> {
  let before: string | undefined;
  for (let left = limit; left > 0; ) {
    const filter = { ...(names.length === 0 ? {} : { names }), ...(before === undefined ? {} : { before }) };
    const page = await audit.kept({ ...filter, limit: Math.min(left, PAGE) });
    yield* page;
    left -= page.length;
    before = page.at(-1)?.id;
    if (before === undefined) return;
  }
}

function asJson({ message, id: _, deadLetterId: id, ...deadLetter }: RestorableDeadLetter): object {
  return { id, ...deadLetter, contentBase64: message?.content.toString('base64') ?? null };
}

const COLUMNS: readonly Column<RestorableDeadLetter>[] = [
  { title: 'ID', value: ({ deadLetterId }) => deadLetterId },
  { title: 'ORDER', value: ({ order }) => order ?? '–' },
  { title: 'EVENT', value: ({ event }) => event ?? '–' },
  { title: 'REASON', value: ({ reason }) => visible(reason) },
  { title: 'DISCARDED', value: ({ discardedAt }) => ago(discardedAt) },
  { title: 'BY', value: ({ discardedBy }) => visible(discardedBy) },
];
