import { execFileSync } from 'node:child_process';

/** Certificates are made with it. Says so where it is missing. */
export function opensslIsMissing(): boolean {
  try {
    execFileSync('openssl', ['version']);
    return false;
  } catch {
    if (process.env['CI']) throw new Error('openssl is not installed; with CI set nothing is skipped.');
    console.warn('SKIPPED: openssl is not installed here, and these tests need it for their certificates.');
    return true;
  }
}
