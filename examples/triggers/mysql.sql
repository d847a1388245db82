-- A company's own tables, those of an ECShop, written by triggers on order-sync's table `orders`, in the same transaction:
-- both commit, or neither. MySQL 8 and MariaDB 10.6 and later. The company's tables must be InnoDB.
--
-- Install:  mysql --default-character-set=utf8mb4 DATABASE < examples/triggers/mysql.sql
--           With INTERNAL_SYSTEM_TABLE_PREFIX, `orders` is `<prefix>orders`. With binary logging, MySQL lets only an
--           administrator create triggers, unless log_bin_trust_function_creators is on.
-- Fill in what is stored already:  CALL write_all_ecs_orders();
-- Remove:   DROP TRIGGER write_new_ecs_order; DROP TRIGGER write_changed_ecs_order;
--           DROP PROCEDURE write_ecs_order; DROP PROCEDURE write_all_ecs_orders;
--
-- order-sync writes an order only if it is newer than the stored one, so the triggers have nothing to compare. What they signal
-- fails this order alone: it becomes a dead letter with these words, so they hold no personal data.

DELIMITER //

CREATE PROCEDURE write_ecs_order(IN the_shop VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, IN the_number VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin)
BEGIN
  DECLARE id INT UNSIGNED;
  DECLARE the_document LONGTEXT CHARACTER SET utf8mb4;
  -- Characters of four bytes do not fit into an old utf8 column: 〓 shows that something is missing.
  DECLARE too_long_for_utf8 VARCHAR(30) DEFAULT '[^\\x{0000}-\\x{FFFF}]';

  SELECT document INTO the_document FROM orders WHERE shop = the_shop AND order_number = the_number;

  IF EXISTS (SELECT 1 FROM orders WHERE shop = the_shop AND order_number = the_number AND (
       grand_total <> round(grand_total, 2) OR items_total <> round(items_total, 2) OR shipping_total <> round(shipping_total, 2)))
     OR EXISTS (SELECT 1 FROM JSON_TABLE(the_document, '$.lines[*]' COLUMNS (price DECIMAL(30, 12) PATH '$.unitPrice')) AS line
                 WHERE price <> round(price, 2)) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an amount has more than two decimals';
  END IF;

  -- How far the warehouse is (shipping_status, to_buyer, send_number) is the staff's: begun here, never touched again.
  INSERT INTO ecs_order_info (
    order_sn, order_status, pay_status, shipping_status, to_buyer,
    consignee, mobile, address, zipcode, postscript,
    goods_amount, shipping_fee, order_amount, add_time, pay_time, last_change
  )
  SELECT
    o.order_number,
    CASE o.status
      WHEN 'pending' THEN 0 WHEN 'paid' THEN 1 WHEN 'on_hold' THEN 1
      WHEN 'completed' THEN 5 WHEN 'refunded' THEN 4 WHEN 'cancelled' THEN 2
    END,
    IF(o.status IN ('paid', 'on_hold', 'completed'), 2, 0),
    0,
    '',
    left(regexp_replace(coalesce(nullif(d.recipient, ''), d.buyer, ''), too_long_for_utf8, '〓'), 60),
    left(regexp_replace(
      regexp_replace(coalesce(nullif(d.phone, ''), d.buyer_phone, ''), '[[:space:]()-]', ''),
      '^(\\+|00)86(?=1[0-9]{10}$)', ''), 60),
    left(regexp_replace(concat(
      coalesce(d.province, ''),
      IF(d.city <=> d.province, '', coalesce(d.city, '')),
      coalesce(d.district, ''),
      coalesce((SELECT group_concat(line ORDER BY place SEPARATOR '')
                  FROM JSON_TABLE(the_document, '$.shippingAddress.lines[*]' COLUMNS (
                    place FOR ORDINALITY, line VARCHAR(1000) CHARACTER SET utf8mb4 PATH '$')) AS l), '')
    ), too_long_for_utf8, '〓'), 255),
    left(coalesce(d.postcode, ''), 60),
    left(regexp_replace(coalesce(d.note, ''), too_long_for_utf8, '〓'), 255),
    coalesce(o.items_total, 0),
    coalesce(o.shipping_total, 0),
    o.grand_total,
    timestampdiff(SECOND, '1970-01-01', o.placed_at),
    coalesce(timestampdiff(SECOND, '1970-01-01', o.paid_at), 0),
    date_format(o.updated_at + INTERVAL 8 HOUR, '%Y-%m-%d %H:%i:%s')
  FROM orders o
  JOIN JSON_TABLE(the_document, '$' COLUMNS (
    recipient VARCHAR(1000) CHARACTER SET utf8mb4 PATH '$.shippingAddress.recipient',
    buyer VARCHAR(1000) CHARACTER SET utf8mb4 PATH '$.buyer.name',
    phone VARCHAR(1000) CHARACTER SET utf8mb4 PATH '$.shippingAddress.phone',
    buyer_phone VARCHAR(1000) CHARACTER SET utf8mb4 PATH '$.buyer.phone',
    province VARCHAR(1000) CHARACTER SET utf8mb4 PATH '$.shippingAddress.province',
    city VARCHAR(1000) CHARACTER SET utf8mb4 PATH '$.shippingAddress.city',
    district VARCHAR(1000) CHARACTER SET utf8mb4 PATH '$.shippingAddress.district',
    postcode VARCHAR(1000) CHARACTER SET utf8mb4 PATH '$.shippingAddress.postcode',
    note TEXT CHARACTER SET utf8mb4 PATH '$.buyerNote')) AS d
  WHERE o.shop = the_shop AND o.order_number = the_number
  ON DUPLICATE KEY UPDATE
    order_status = VALUES(order_status), pay_status = VALUES(pay_status),
    consignee = VALUES(consignee), mobile = VALUES(mobile), address = VALUES(address),
    zipcode = VALUES(zipcode), postscript = VALUES(postscript),
    goods_amount = VALUES(goods_amount), shipping_fee = VALUES(shipping_fee), order_amount = VALUES(order_amount),
    add_time = VALUES(add_time), pay_time = VALUES(pay_time), last_change = VALUES(last_change);

  SELECT order_id INTO id FROM ecs_order_info WHERE order_sn = the_number;
  DELETE FROM ecs_order_goods WHERE order_id = id AND line_no > JSON_LENGTH(the_document, '$.lines');
  INSERT INTO ecs_order_goods (order_id, line_no, goods_sn, goods_name, goods_number, goods_price, send_number)
  SELECT id, place, left(coalesce(sku, ''), 60), left(regexp_replace(coalesce(name, ''), too_long_for_utf8, '〓'), 120),
         quantity, coalesce(price, 0), 0
    FROM JSON_TABLE(the_document, '$.lines[*]' COLUMNS (
      place FOR ORDINALITY,
      sku VARCHAR(1000) CHARACTER SET utf8mb4 PATH '$.sku',
      name VARCHAR(1000) CHARACTER SET utf8mb4 PATH '$.name',
      quantity DECIMAL(30, 12) PATH '$.quantity',
      price DECIMAL(30, 12) PATH '$.unitPrice')) AS line
  ON DUPLICATE KEY UPDATE
    goods_sn = VALUES(goods_sn), goods_name = VALUES(goods_name),
    goods_number = VALUES(goods_number), goods_price = VALUES(goods_price);
END //

CREATE TRIGGER write_new_ecs_order AFTER INSERT ON orders FOR EACH ROW
  CALL write_ecs_order(NEW.shop, NEW.order_number) //

-- Not for what order-sync writes without a new content, such as the time of the last look.
CREATE TRIGGER write_changed_ecs_order AFTER UPDATE ON orders FOR EACH ROW
BEGIN
  IF NEW.order_number <> OLD.order_number THEN
    UPDATE ecs_order_info SET order_sn = NEW.order_number WHERE order_sn = OLD.order_number;
  END IF;
  IF NEW.content_hash <> OLD.content_hash OR NEW.order_number <> OLD.order_number THEN
    CALL write_ecs_order(NEW.shop, NEW.order_number);
  END IF;
END //

CREATE PROCEDURE write_all_ecs_orders()
BEGIN
  DECLARE the_shop VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
  DECLARE the_number VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
  DECLARE is_done BOOLEAN DEFAULT FALSE;
  DECLARE stored CURSOR FOR SELECT shop, order_number FROM orders;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET is_done = TRUE;
  OPEN stored;
  each_order: LOOP
    FETCH stored INTO the_shop, the_number;
    IF is_done THEN LEAVE each_order; END IF;
    CALL write_ecs_order(the_shop, the_number);
    SET is_done = FALSE;
  END LOOP;
  CLOSE stored;
END //

DELIMITER ;
