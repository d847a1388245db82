import { startPostgres } from './postgres.ts';

/** Run as a process of its own by a test that kills it: starts a server, says which, and waits. */
const server = await startPostgres();
process.stdout.write(`${JSON.stringify({ url: server.url, folder: server.folder })}\n`);
setInterval(() => {}, 60_000);
