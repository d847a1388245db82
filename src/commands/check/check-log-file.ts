import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Whether the daemon could write its log there, as the user who asks. Opens nothing: a file made by another user than the daemon's would be
 * one that it can't write.
 *
 * @returns a problem of LOG_FILE, or undefined
 */
export function whyNotLogTo(path: string): string | undefined {
  const code = whyNotWritable(path);
  if (code === undefined) return undefined;
  return `LOG_FILE: "${path}" can't be written (${code}); expected a file that this user may write, in an existing folder.`;
}

function whyNotWritable(path: string): string | undefined {
  const folder = dirname(resolve(path));
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory()) return 'EISDIR';
    if (found !== undefined) accessSync(path, constants.W_OK);
    else accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  }
}
