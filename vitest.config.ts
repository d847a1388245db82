import { defineConfig } from 'vitest/config';
import { brokerUrl } from './scripts/broker-url.ts';
import { ClosingLine } from './test/helpers/runner/closing-line.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The broker that set-up found, for tests and the processes they start.
    env: { RABBITMQ_URL: brokerUrl() },
    setupFiles: ['test/helpers/runner/leak-guard.ts'],
    // Tests start daemons, brokers and databases: two files at a time are what two cores bear.
    pool: 'forks',
    maxWorkers: 2,
    // Events are waited for as long as a busy machine takes; nothing asserts how fast they come.
    expect: { poll: { timeout: 20_000, interval: 25 } },
    // These tests wait for brokers and databases being killed: on CI, one that was too slow is tried once more, visibly.
    retry: process.env['CI'] ? 1 : 0,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 10_000,
    reporters: ['default', new ClosingLine()],
  },
});
