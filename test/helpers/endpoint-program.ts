import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { isGenuine } from '../internal-system/endpoint/is-genuine.ts';

/**
 * A company's endpoint, to be killed: keeps the newest revision of each order, and remembers all that arrived.
 *
 * usage: node endpoint-program.ts <port> <database> <secret>
 */
const [port = '', path = '', secret = ''] = process.argv.slice(2);

const database = new DatabaseSync(path, { timeout: 5000 });
database.exec(`
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS arrivals (place INTEGER PRIMARY KEY, reference TEXT NOT NULL, revision INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS erp_orders (
    id INTEGER PRIMARY KEY, reference TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL, status TEXT NOT NULL, total TEXT NOT NULL
  );
`);
const arrived = database.prepare('INSERT INTO arrivals (reference, revision) VALUES (?, ?)');
const write = database.prepare(`
  INSERT INTO erp_orders (reference, revision, status, total) VALUES (?, ?, ?, ?)
  ON CONFLICT (reference) DO UPDATE SET revision = excluded.revision, status = excluded.status, total = excluded.total
   WHERE excluded.revision >= erp_orders.revision`);
const find = database.prepare('SELECT id, revision FROM erp_orders WHERE reference = ?');

createServer((request, response) => {
  const answer = async () => {
    const body = await text(request);
    if (!isGenuine({ headers: request.headers, body }, secret)) return void response.writeHead(401).end();
    const { revision, order } = JSON.parse(body);
    arrived.run(order.orderNumber, revision);
    // A kill finds some requests before the write, and some after it.
    await sleep(5);
    write.run(order.orderNumber, revision, order.status, order.totals.grand);
    await sleep(5);
    const { id, revision: kept } = { ...find.get(order.orderNumber) };
    response.writeHead(Number(kept) > revision ? 409 : 200).end(JSON.stringify({ erpId: Number(id) }));
  };
  answer().catch(() => response.writeHead(500).end());
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'));
