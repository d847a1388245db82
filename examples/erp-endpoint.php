<?php
/**
 * The company's own end of INTERNAL_SYSTEM_HTTP_URL, complete: verify, write, answer. docs/internal-systems.md explains it.
 *
 * CREATE TABLE shop_orders (
 *   shop VARCHAR(40) NOT NULL, shop_order_id VARCHAR(64) NOT NULL, revision INT NOT NULL,
 *   order_sn VARCHAR(64) NOT NULL, status VARCHAR(16) NOT NULL, order_amount DECIMAL(18,2) NOT NULL, paid_at DATETIME NULL,
 *   document JSON NOT NULL, PRIMARY KEY (shop, shop_order_id)
 * ) DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_bin;
 */
declare(strict_types=1);
ini_set('display_errors', '0'); // An error then ends in HTTP 500, and order-sync tries again.

$body = file_get_contents('php://input');
[$id, $time, $signatures] = [$_SERVER['HTTP_WEBHOOK_ID'] ?? '', $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? ''];
$key = base64_decode(substr((string) getenv('INTERNAL_SYSTEM_HTTP_SECRET'), strlen('whsec_')));
$expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$time.$body", $key, true));
if ($key === '' || abs(time() - (int) $time) > 300 || !hash_equals($expected, $signatures)) answer(401, ['error' => 'wrong signature or clock']);
if ($_SERVER['REQUEST_METHOD'] === 'GET') answer(204); // order-sync check

['shop' => $shop, 'revision' => $revision, 'order' => $order] = json_decode($body, true, 64, JSON_THROW_ON_ERROR);
if ($order['currency'] !== 'CNY') answer(422, ['error' => "we keep no books in {$order['currency']}"]);

$db = new PDO(getenv('ERP_DSN'), getenv('ERP_USER') ?: null, getenv('ERP_PASSWORD') ?: null);
// One statement, so that no older revision can slip in between. Revision last: the columns before it compare with the old one.
$newest = fn (string $column) => "$column = IF(VALUES(revision) >= revision, VALUES($column), $column)";
$columns = ['order_sn', 'status', 'order_amount', 'paid_at', 'document', 'revision'];
$db->prepare('INSERT INTO shop_orders (shop, shop_order_id, ' . implode(', ', $columns) . ') VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON DUPLICATE KEY UPDATE ' . implode(', ', array_map($newest, $columns)))->execute([
    $shop, $order['shopOrderId'], $order['orderNumber'], $order['status'], $order['totals']['grand'],
    $order['paidAt'] === null ? null : gmdate('Y-m-d H:i:s', strtotime($order['paidAt'])), json_encode($order, JSON_UNESCAPED_UNICODE), $revision,
]);
$stored = $db->prepare('SELECT revision FROM shop_orders WHERE shop = ? AND shop_order_id = ?');
$stored->execute([$shop, $order['shopOrderId']]);
if ($stored->fetchColumn() > $revision) answer(409);
answer(200, ['erpId' => $order['orderNumber']]);

function answer(int $status, ?array $json = null): never
{
    http_response_code($status);
    header('Content-Type: application/json');
    exit($json === null ? '' : json_encode($json));
}
