import { defineConfig } from 'vitest/config';
import { brokerUrl } from './scripts/broker-url.ts';
import { COMPILE_CACHE } from './test/helpers/child-environment.ts';
import { ClosingLine } from './test/helpers/runner/closing-line.ts';

// Also for Vitest's own workers, which inherit it.
process.env['NODE_COMPILE_CACHE'] ??= COMPILE_CACHE;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The broker that set-up found, for the tests and the processes they start.
    env: { RABBITMQ_URL: brokerUrl() },
    setupFiles: ['test/helpers/runner/leak-guard.ts'],
    // Tests start daemons, brokers and databases, and mostly wait for them: two cores can take three files at a time.
    pool: 'forks',
    maxWorkers: 3,
    // Long enough for a busy machine; no test asserts how fast an event arrives.
    expect: { poll: { timeout: 20_000, interval: 25 } },
    // Some tests kill brokers and databases. On CI, one that was too slow is retried once, visibly.
    retry: process.env['CI'] ? 1 : 0,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 10_000,
    reporters: ['default', new ClosingLine()],
  },
});
