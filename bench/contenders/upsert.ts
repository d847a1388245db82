/** Orders in one parameter, a JSON list, into the tables of orders and lines. */
export const UPSERT = `
  WITH given AS MATERIALIZED (SELECT o FROM jsonb_array_elements($1::jsonb) AS o), saved AS (
    INSERT INTO orders (shop, content_hash, fetched_at, synced_at, order_number, shop_order_id, status, currency, grand_total,
        items_total, shipping_total, tax_total, discount_total, refunded_total, placed_at, paid_at, cancelled_at, updated_at,
        buyer_name, document)
    SELECT 'shop', '', now(), now(), o->>'orderNumber', o->>'shopOrderId', o->>'status', o->>'currency',
        (o->'totals'->>'grand')::numeric, (o->'totals'->>'items')::numeric, (o->'totals'->>'shipping')::numeric,
        (o->'totals'->>'tax')::numeric, (o->'totals'->>'discount')::numeric, (o->'totals'->>'refunded')::numeric,
        (o->>'placedAt')::timestamptz, (o->>'paidAt')::timestamptz, (o->>'cancelledAt')::timestamptz,
        (o->>'updatedAt')::timestamptz, o->'buyer'->>'name', o
      FROM given
    ON CONFLICT (shop, order_number) DO UPDATE SET status = excluded.status, grand_total = excluded.grand_total,
        updated_at = excluded.updated_at, document = excluded.document)
  INSERT INTO order_lines (shop, order_number, line_no, line_id, sku, name, quantity, unit_price, discount, tax, line_total)
  SELECT 'shop', o->>'orderNumber', no, l->>'lineId', l->>'sku', l->>'name', (l->>'quantity')::numeric,
      (l->>'unitPrice')::numeric, (l->>'discount')::numeric, (l->>'tax')::numeric, (l->>'lineTotal')::numeric
    FROM given CROSS JOIN LATERAL jsonb_array_elements(o->'lines') WITH ORDINALITY AS each (l, no)
  ON CONFLICT (shop, order_number, line_no) DO UPDATE SET sku = excluded.sku, name = excluded.name,
      quantity = excluded.quantity, unit_price = excluded.unit_price, line_total = excluded.line_total`;
