import { LEDGER_COLUMNS, LINE_COLUMNS, ORDER_COLUMNS, SYNCED_LEDGER_COLUMNS } from '../sql/rows.ts';

/**
 * Writes the orders among those given that nobody has written yet, each with its lines and its ledger row, and returns their
 * numbers. `$1` to `$3` are the rows of orders, lines and ledger as JSON lists.
 *
 * An order that is there, or that another transaction is just inserting, is left alone with all that belongs to it. So is
 * one that left something behind: lines of a row that staff deleted by hand, a ledger row under its shop id from the time when
 * its number was unknown. These are looked for by scalar subqueries, because a planner would make one join of all of them.
 */
export const INSERT_NEW = `
  WITH inserted AS (
    INSERT INTO orders (${ORDER_COLUMNS.join(', ')})
    SELECT ${ORDER_COLUMNS.map((column) => `o.${column}`).join(', ')} FROM jsonb_populate_recordset(NULL::orders, $1) AS o
     WHERE (SELECT true FROM order_lines WHERE shop = o.shop AND order_number = o.order_number LIMIT 1) IS NULL
       AND (SELECT order_number IS NULL FROM order_ledger WHERE shop = o.shop AND reference = o.shop_order_id) IS NOT TRUE
     ORDER BY o.order_number
    ON CONFLICT (shop, order_number) DO NOTHING
    RETURNING order_number
  ), lines AS (
    INSERT INTO order_lines (${LINE_COLUMNS.join(', ')})
    SELECT ${LINE_COLUMNS.join(', ')} FROM jsonb_populate_recordset(NULL::order_lines, $2)
     WHERE order_number IN (SELECT order_number FROM inserted)
  ), noted AS (
    INSERT INTO order_ledger (${LEDGER_COLUMNS.join(', ')})
    SELECT ${LEDGER_COLUMNS.join(', ')} FROM jsonb_populate_recordset(NULL::order_ledger, $3)
     WHERE reference IN (SELECT order_number FROM inserted)
     ORDER BY reference
    ON CONFLICT (shop, reference) DO UPDATE SET ${SYNCED_LEDGER_COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}
  )
  SELECT order_number FROM inserted`;
