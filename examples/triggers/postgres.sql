-- A company's own tables, those of an ECShop, written by a trigger on order-sync's table `orders`, in the same transaction:
-- both commit, or neither. PostgreSQL 13 and later.
--
-- Install:  psql --set ON_ERROR_STOP=1 --single-transaction --file examples/triggers/postgres.sql DATABASE
--           with search_path on the schema of both; with INTERNAL_SYSTEM_TABLE_PREFIX, `orders` is `<prefix>orders`.
-- Fill in what is stored already:  UPDATE orders SET document = document;
-- Remove:   DROP TRIGGER write_ecs_order ON orders; DROP FUNCTION write_ecs_order, ecs_yuan;
--
-- order-sync writes an order only if it is newer than the stored one, so the trigger has nothing to compare. What it raises
-- fails this order alone: it becomes a dead letter with these words, so they hold no personal data.

CREATE FUNCTION ecs_yuan(amount text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF round(amount::numeric, 2) <> amount::numeric THEN
    RAISE EXCEPTION 'an amount has more than two decimals';
  END IF;
  RETURN coalesce(amount::numeric, 0);
END $$;

CREATE FUNCTION write_ecs_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  document jsonb := NEW.document;
  address jsonb := NEW.document -> 'shippingAddress';
  id ecs_order_info.order_id%TYPE;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.order_number <> OLD.order_number THEN
    UPDATE ecs_order_info SET order_sn = NEW.order_number WHERE order_sn = OLD.order_number;
  END IF;

  -- How far the warehouse is (shipping_status, to_buyer, send_number) is the staff's: begun here, never touched again.
  INSERT INTO ecs_order_info AS o (
    order_sn, order_status, pay_status, shipping_status, to_buyer,
    consignee, mobile, address, zipcode, postscript,
    goods_amount, shipping_fee, order_amount, add_time, pay_time, last_change
  ) VALUES (
    NEW.order_number,
    CASE NEW.status
      WHEN 'pending' THEN 0 WHEN 'paid' THEN 1 WHEN 'on_hold' THEN 1
      WHEN 'completed' THEN 5 WHEN 'refunded' THEN 4 WHEN 'cancelled' THEN 2
    END,
    CASE WHEN NEW.status IN ('paid', 'on_hold', 'completed') THEN 2 ELSE 0 END,
    0,
    '',
    left(coalesce(nullif(address ->> 'recipient', ''), document #>> '{buyer,name}', ''), 60),
    left(regexp_replace(
      regexp_replace(coalesce(nullif(address ->> 'phone', ''), document #>> '{buyer,phone}', ''), '[[:space:]()-]', '', 'g'),
      '^(\+|00)86(?=1[0-9]{10}$)', ''), 60),
    left(concat(
      address ->> 'province',
      CASE WHEN address ->> 'city' IS DISTINCT FROM address ->> 'province' THEN address ->> 'city' END,
      address ->> 'district',
      (SELECT string_agg(line, '' ORDER BY place)
         FROM jsonb_array_elements_text(coalesce(nullif(address, 'null') -> 'lines', '[]')) WITH ORDINALITY AS l (line, place))
    ), 255),
    left(coalesce(address ->> 'postcode', ''), 60),
    left(coalesce(document ->> 'buyerNote', ''), 255),
    ecs_yuan(document #>> '{totals,items}'),
    ecs_yuan(document #>> '{totals,shipping}'),
    ecs_yuan(document #>> '{totals,grand}'),
    floor(extract(epoch FROM NEW.placed_at)),
    coalesce(floor(extract(epoch FROM NEW.paid_at)), 0),
    date_trunc('second', NEW.updated_at) AT TIME ZONE 'Asia/Shanghai'
  )
  ON CONFLICT (order_sn) DO UPDATE SET
    order_status = excluded.order_status, pay_status = excluded.pay_status,
    consignee = excluded.consignee, mobile = excluded.mobile, address = excluded.address,
    zipcode = excluded.zipcode, postscript = excluded.postscript,
    goods_amount = excluded.goods_amount, shipping_fee = excluded.shipping_fee, order_amount = excluded.order_amount,
    add_time = excluded.add_time, pay_time = excluded.pay_time, last_change = excluded.last_change
  RETURNING o.order_id INTO id;

  DELETE FROM ecs_order_goods WHERE order_id = id AND line_no > jsonb_array_length(document -> 'lines');
  INSERT INTO ecs_order_goods (order_id, line_no, goods_sn, goods_name, goods_number, goods_price, send_number)
  SELECT id, place, left(coalesce(line ->> 'sku', ''), 60), left(coalesce(line ->> 'name', ''), 120),
         (line ->> 'quantity')::numeric, ecs_yuan(line ->> 'unitPrice'), 0
    FROM jsonb_array_elements(document -> 'lines') WITH ORDINALITY AS l (line, place)
  ON CONFLICT (order_id, line_no) DO UPDATE SET
    goods_sn = excluded.goods_sn, goods_name = excluded.goods_name,
    goods_number = excluded.goods_number, goods_price = excluded.goods_price;
  RETURN NULL;
END $$;

-- Not for what order-sync writes without a new content, such as the time of the last look.
CREATE TRIGGER write_ecs_order AFTER INSERT OR UPDATE OF document, order_number ON orders
  FOR EACH ROW EXECUTE FUNCTION write_ecs_order();
