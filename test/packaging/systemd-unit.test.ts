import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/commands/cli/exit-status.ts';
import { loadConfig } from '../../src/config/load-config.ts';

const UNIT = unitNamed('order-sync');
const WEBHOOKS_UNIT = unitNamed('order-sync-webhooks');

function unitNamed(name: string): string {
  return fileURLToPath(new URL(`../../deploy/${name}.service`, import.meta.url));
}

/** Settings of the [Service] section; of duplicates the last one counts, as it does for systemd. */
function settingsOf(unit: string): Map<string, string> {
  return new Map(
    readFileSync(unit, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
        return name === undefined || value === undefined ? [] : [[name, value] as const];
      }),
  );
}

const service = settingsOf(UNIT);

describe('the restart policy fits the exit statuses', () => {
  test('restarts after any failure that may pass', () => {
    expect(service.get('Restart')).toBe('on-failure');
    expect(service.get('StartLimitIntervalSec')).toBe('0');
  });

  test('does not restart until a person has changed the configuration; every other failure restarts', () => {
    expect(service.get('RestartPreventExitStatus')).toBe(String(EXIT.badConfiguration));
  });

  test('gives the daemon time to finish what is in flight', () => {
    const { shutdownTimeoutMs } = loadConfig({}, []);
    const stopTimeoutMs = Number.parseInt(service.get('TimeoutStopSec') ?? '', 10) * 1000;
    expect(stopTimeoutMs).toBeGreaterThan(shutdownTimeoutMs);
  });

  test('does not time out a start while the broker is down', () => {
    expect(service.get('TimeoutStartSec')).toBe('infinity');
  });
});

test('takes the ready message from systemd-notify, which is a child of the daemon', () => {
  expect(service.get('Type')).toBe('notify');
  expect(service.get('NotifyAccess')).toBe('all');
});

test('restarts a stuck daemon at once, without a core dump, which would hold personal data', () => {
  expect(Number.parseInt(service.get('WatchdogSec') ?? '', 10)).toBeGreaterThanOrEqual(30);
  expect(service.get('WatchdogSignal')).toBe('SIGKILL');
});

test('lets V8 compile', () => {
  expect(service.has('MemoryDenyWriteExecute')).toBe(false);
});

describe('the unit for webhooks', () => {
  const webhooks = settingsOf(WEBHOOKS_UNIT);

  test('runs them as the daemon runs: same user, folder, settings and restrictions', () => {
    const own = ['Description', 'Documentation', 'ExecStart', 'RestartSec', 'TimeoutStopSec', 'TimeoutStartSec'];
    const shared = (settings: Map<string, string>) => [...settings].filter(([name]) => !own.includes(name));
    expect(shared(webhooks)).toEqual(shared(service));
    expect(webhooks.get('ExecStart')).toBe(service.get('ExecStart')?.replace(/start$/, 'webhooks'));
  });
});

describe.skipIf(analyzerMissing()).each([[UNIT], [WEBHOOKS_UNIT]])('systemd-analyze %s', (unit) => {
  test('rates the exposure as low', () => {
    const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', unit], {
      encoding: 'utf8',
    });
    const score = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
    expect(score).toBeLessThan(1.5);
  });

  test('knows every setting', () => {
    const { stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
    expect(stderr).not.toMatch(/Unknown|Failed to parse|Invalid/i);
  });
});

/** `security --offline` needs systemd 250. */
function analyzerMissing(): boolean {
  try {
    const version = execFileSync('systemd-analyze', ['--version'], { encoding: 'utf8' });
    if (Number(/systemd (\d+)/.exec(version)?.[1]) >= 250) return false;
  } catch {
    // Reported below.
  }
  const reason = 'systemd-analyze 250 or newer is not installed: the unit is not analysed';
  if (process.env['CI']) throw new Error(`${reason}. Install systemd; with CI set nothing is skipped.`);
  console.warn(`SKIPPED: ${reason}.`);
  return true;
}
