import { fileURLToPath } from 'node:url';

/** Node keeps what it has compiled here, types stripped, for all processes of all runs: a daemon then starts in half the CPU time. */
export const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/order-sync/compile', import.meta.url));

/** All that a child process needs, and nothing of the environment that the tests run in. */
export const CHILD_ENVIRONMENT = {
  PATH: process.env['PATH'] ?? '',
  NODE_COMPILE_CACHE: COMPILE_CACHE,
} as const;
