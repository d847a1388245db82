import { execFileSync } from 'node:child_process';
import { Client } from 'pg';
import { brokerUrl } from '../../scripts/broker-url.ts';

/** A virtual host and a database of their own for each shop, made anew by each run, and gone after it. */
const NAME = 'order-sync-real-shops';

export function databaseUrl(shop: string): string {
  const url = new URL(process.env['REAL_SHOPS_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432');
  url.pathname = `/${databaseName(shop)}`;
  return url.href;
}

export async function createDatabase(shop: string): Promise<void> {
  await dropDatabase(shop);
  await onServer(`CREATE DATABASE ${databaseName(shop)}`);
}

export async function dropDatabase(shop: string): Promise<void> {
  await onServer(`DROP DATABASE IF EXISTS ${databaseName(shop)} WITH (FORCE)`);
}

/** @returns its URL */
export function createVirtualHost(shop: string): string {
  const url = new URL(brokerUrl());
  deleteVirtualHost(shop);
  rabbitmqctl('add_vhost', virtualHost(shop));
  rabbitmqctl('set_permissions', '-p', virtualHost(shop), decodeURIComponent(url.username), '.*', '.*', '.*');
  url.pathname = `/${virtualHost(shop)}`;
  return url.href;
}

export function deleteVirtualHost(shop: string): void {
  const hosts = rabbitmqctl('list_vhosts').split('\n');
  if (hosts.includes(virtualHost(shop))) rabbitmqctl('delete_vhost', virtualHost(shop));
}

function virtualHost(shop: string): string {
  return `${NAME}-${shop}`;
}

function databaseName(shop: string): string {
  return virtualHost(shop).replaceAll('-', '_');
}

function rabbitmqctl(...args: string[]): string {
  return execFileSync('rabbitmqctl', ['-q', ...args], { encoding: 'utf8' });
}

async function onServer(statement: string): Promise<void> {
  const url = new URL(databaseUrl('none'));
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
