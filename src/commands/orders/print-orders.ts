import type { ListedBy, OrderRecord } from '../../internal-system/ledger.ts';
import { nextAttemptAt } from '../../internal-system/next-attempt.ts';
import { shownRecord } from '../../internal-system/shown-record.ts';
import { csvFile } from '../../order-lists/csv.ts';
import { type ListWords, orderColumns } from '../../order-lists/order-columns.ts';
import type { ExportedOrder } from '../../order-lists/with-parcels.ts';
import { print, printJsonLine, printText, visible } from '../cli/output.ts';
import { reasonOf, warningsOf } from '../cli/record-text.ts';
import { type Column, printTable } from '../cli/table.ts';
import { ago } from '../cli/times.ts';

type Orders = AsyncIterable<OrderRecord>;

export async function printJson(orders: Orders, retryDelaysMs: readonly number[]): Promise<void> {
  for await (const record of orders) {
    await printJsonLine({ ...shownRecord(record), nextAttemptAt: nextAttemptAt(record, retryDelaysMs) });
  }
}

/** Names and values that stay the same, for whoever builds on them. */
const STABLE_WORDS: ListWords = { header: (name) => name, word: (_family, code) => code, yes: 'yes' };

export async function printCsv(orders: AsyncIterable<ExportedOrder>, retryDelaysMs: readonly number[]): Promise<void> {
  const columns = orderColumns({ words: STABLE_WORDS, retryDelaysMs, withPersonal: false });
  for await (const piece of csvFile(columns, orders, 'UTC')) await printText(piece);
}

export async function printRows(orders: Orders, list: Pick<Shown, 'retryDelaysMs' | 'by'>): Promise<void> {
  if ((await printTable(columnsOf({ ...list, now: new Date() }), orders)) === 0) await print('No matching orders.');
}

interface Shown {
  readonly retryDelaysMs: readonly number[];
  readonly by: ListedBy | undefined;
  readonly now: Date;
}

function columnsOf(list: Shown): Column<OrderRecord>[] {
  return [
    { title: 'ORDER', value: ({ orderNumber, reference }) => orderNumber ?? reference },
    { title: 'STATE', value: ({ state }) => state },
    { title: 'STATUS', value: ({ stored }) => visible(stored?.status ?? '–') },
    {
      title: 'TOTAL',
      align: 'right',
      value: ({ stored }) => (stored === null ? '–' : `${stored.grandTotal} ${stored.currency}`),
    },
    { title: 'EVENT', value: ({ lastEvent }) => lastEvent },
    { title: 'ATTEMPTS', align: 'right', value: ({ attempts }) => String(attempts) },
    list.by === 'placed'
      ? { title: 'PLACED', value: ({ stored }) => (stored === null ? '–' : ago(stored.placedAt)) }
      : { title: 'RECEIVED', value: ({ receivedAt }) => ago(receivedAt) },
    { title: 'NOTE', value: (record) => noteOf(record, list) },
  ];
}

function noteOf(record: OrderRecord, { retryDelaysMs, now }: Shown): string {
  const { lastError } = record;
  const next = nextAttemptAt(record, retryDelaysMs);
  return [
    ...(lastError === null ? [] : [reasonOf(lastError)]),
    ...(next === null ? [] : [`next attempt ${Date.parse(next) > now.getTime() ? ago(next, now) : 'is due'}`]),
    ...warningsOf(record, [record]),
  ].join('; ');
}
