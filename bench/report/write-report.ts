import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Machine, machineText } from '../lab/machine.ts';
import type { Options } from '../options.ts';
import { plots } from './plots.ts';
import { isMet } from './results.ts';
import { allVerdicts, type Found, tableMarkdown } from './table.ts';

const DOCUMENT = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));
const PLOTS = fileURLToPath(new URL('../../docs/performance', import.meta.url));
const TABLE = /(?<=<!-- bench: begin -->\n)[\s\S]*(?=<!-- bench: end -->)/;

export interface Report {
  readonly startedAt: Date;
  readonly machine: Machine;
  readonly options: Options;
  readonly found: Found;
}

/** Writes results and plots. @returns the paths of the files */
export function writeReport(report: Report): string[] {
  const { json, docs } = report.options;
  const files = new Map([[json, `${JSON.stringify(asJson(report), null, 2)}\n`]]);
  for (const [name, plot] of plots(report.found)) {
    files.set(join(dirname(json), name), plot);
    if (docs) files.set(join(PLOTS, name), plot);
  }
  if (docs)
    files.set(
      DOCUMENT,
      readFileSync(DOCUMENT, 'utf8').replace(TABLE, () => section(report)),
    );
  for (const [path, content] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return [...files.keys()];
}

function section({ startedAt, machine, options, found }: Report): string {
  const sizes = `${options.rounds} rounds of ${options.orders} orders`;
  return `\n${startedAt.toISOString().slice(0, 10)}, ${sizes}, on ${machineText(machine)}\n\n${tableMarkdown(found)}\n\n`;
}

function asJson({ startedAt, machine, options, found }: Report): object {
  return {
    startedAt,
    machine,
    options,
    verdicts: allVerdicts(found).map((verdict) => ('bar' in verdict ? { ...verdict, isMet: isMet(verdict) } : verdict)),
    figures: Object.fromEntries([...found].map(([{ name }, { verdicts: _, ...rest }]) => [name, rest])),
  };
}
