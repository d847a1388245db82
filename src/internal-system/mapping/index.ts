/**
 * What a mapping into the company's own tables is written with: `import { defineMapping, yuan } from 'order-sync/tables'`.
 *
 * docs/own-tables.md shows how.
 */
export { ConfigError, SyncError } from '../../errors.ts';
export type { Order, OrderLine, OrderStatus } from '../../orders/order.ts';
export {
  type Columns,
  type CompanyRow,
  type CompanyTables,
  defineMapping,
  type MappedOrder,
  type OrderMapping,
  type Value,
} from './mapping.ts';
export { fen, yuan } from './values/amounts.ts';
export { consignee, fullAddress, mobile } from './values/people.ts';
export { statusCode } from './values/status-code.ts';
export { bmp, flag, truncate } from './values/texts.ts';
export { instant, localTime, unixSeconds } from './values/times.ts';
