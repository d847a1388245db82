import { startPostgres } from './postgres.ts';

/** A program for a test that kills it: starts a server, prints its address, and waits. */
const server = await startPostgres();
process.stdout.write(`${JSON.stringify({ url: server.url, folder: server.folder })}\n`);
setInterval(() => {}, 60_000);
