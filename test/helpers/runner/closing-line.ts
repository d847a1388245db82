import type { Reporter, TestModule } from 'vitest/node';

/** Ends a test run with what was skipped, and why, and with its numbers on a plain line that programs can find in a CI log. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    const skipped = new Map<string, number>();
    for (const module of modules) {
      // A file that cannot be loaded has no tests, but counts as failed.
      count.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        count[result.state] += 1;
        if (result.state !== 'skipped') continue;
        const why = result.note ?? module.relativeModuleId;
        skipped.set(why, (skipped.get(why) ?? 0) + 1);
      }
    }
    for (const [why, tests] of skipped) process.stdout.write(`\nSkipped, ${tests} ×: ${why}`);
    process.stdout.write(`\nTests: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
  }
}
