import type { Recognised } from '../recognise/recognise.ts';
import { amountSource, doubtsOfTotals } from './amounts.ts';
import { partySource, text, texts } from './parties.ts';
import { namesOf, requestSource } from './requests.ts';
import { MARK, objectLines, place, todo } from './source-text.ts';
import { stateSource } from './states.ts';
import { isChinese, timeSource } from './times.ts';

/**
 * The source of an adapter: it reads what was recognised, and marks what has to be decided.
 *
 * @param toolkit where it imports the toolkit from
 */
export function adapterSource(recognised: Recognised, name: string, toolkit: string): string {
  const { fields } = recognised;
  const times = timeSource(recognised);
  const states = stateSource(recognised);
  const parties = partySource(recognised);
  const amounts = amountSource(recognised);
  const requests = requestSource(recognised);
  // The status may depend on the amounts.
  const needsTotals = states.lines.some((line) => line.includes('totals.'));
  const { number, id } = namesOf(recognised);
  const payment = texts(fields, [
    ['method', 'payMethod'],
    ['transactionId', 'transactionId'],
  ]);
  const imports = [times, states, parties, amounts, requests].flatMap((source) => source.imports);
  const source = [
    '/**',
    ` * ${name}: written by order-sync new-adapter, from a sample of the shop's replies. Settle each ${MARK}.`,
    ' *',
    ` * SHOP_ADAPTER=./${name}.ts SHOP_BASE_URL=https://shop.example SHOP_TOKEN=… order-sync test-adapter`,
    ' */',
    importLine(['defineShop', 'type Fields', ...imports], toolkit),
    '',
    ...times.constants,
    ...amounts.constants,
    ...states.constants,
    ...(times.constants.length + amounts.constants.length + states.constants.length > 0 ? [''] : []),
    'function toOrder(order: Fields) {',
    ...times.locals.map((line) => `  ${line}`),
    ...(needsTotals ? amounts.totals('const totals = ', ';', '  ') : []),
    '  return {',
    ...(fields.has('orderNumber') || fields.has('shopOrderId') ? [] : [`    ${todo('which field names the order?')}`]),
    `    orderNumber: order.id(${place(number)}),`,
    `    shopOrderId: order.id(${place(id)}),`,
    ...states.lines,
    ...currencyLines(recognised),
    ...times.lines,
    ...parties.lines,
    ...amounts.lines,
    ...doubtsOfTotals(recognised).map((line) => `    ${line}`),
    ...(needsTotals ? ['    totals,'] : amounts.totals('totals: ', ',', '    ')),
    ...(payment.length === 0 || !fields.has('paidAt')
      ? []
      : objectLines(
          'payments: paidAt === null ? [] : [',
          [`...order.texts({ ${payment.join(', ')} })`, 'paidAt'],
          '],',
          '    ',
        )),
    ...(['cancelReason', 'buyerNote'] as const).flatMap((field) => {
      const read = text(fields, field);
      return read === undefined ? [] : [`    ${field}: ${read},`];
    }),
    '  };',
    '}',
    '',
    ...requests.lines,
  ];
  return `${source.join('\n')}\n`;
}

function importLine(names: readonly string[], toolkit: string): string {
  const sorted = [...new Set(names)].toSorted((a, b) =>
    a.replace('type ', '').toLowerCase() < b.replace('type ', '').toLowerCase() ? -1 : 1,
  );
  return objectLines('import ', sorted, ` from '${toolkit}';`, '').join('\n');
}

function currencyLines(recognised: Recognised): string[] {
  const leaf = recognised.fields.get('currency');
  if (leaf !== undefined) return [`    currency: order.id(${place(leaf.path)}),`];
  return [
    `    ${todo('the sample names no currency. Is it this one?')}`,
    `    currency: '${isChinese(recognised) ? 'CNY' : 'USD'}',`,
  ];
}
