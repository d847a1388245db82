import { say } from './report.mjs';
import { findProgram, installationCommand, installSystemPackage } from './system-packages.mjs';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const FOLDERS = ['/Applications/Google Chrome.app/Contents/MacOS', '/Applications/Chromium.app/Contents/MacOS'];
const MAC_PROGRAMS = ['Google Chrome', 'Chromium'];

/** @returns {string | undefined} the full path of a Chromium or Chrome */
export function findBrowser() {
  return [...PROGRAMS, ...MAC_PROGRAMS].map((program) => findProgram(program, FOLDERS)).find(Boolean);
}

/** The dashboard's tests drive a browser. Without one they are skipped; the other tests still run. */
export function ensureBrowser() {
  if (findBrowser() !== undefined || installSystemPackage('chromium')) return;
  say(`no Chromium found: the dashboard's tests are skipped. To run them: ${installationCommand('chromium')}`);
}
