import { z } from 'zod';
import { problem, shown } from '../settings/problems.ts';
import { readText } from '../settings/text-file.ts';

/** A line of OPS_TOKENS_FILE. */
export interface Person {
  readonly name: string;
  readonly role: (typeof PERSON_ROLES)[number];
  /** SHA-256 of the token, which stands nowhere. */
  readonly digest: Buffer;
}

export const PERSON_ROLES = ['operator', 'viewer'] as const;
export const PERSON_NAME_RULE = '1 to 64 letters, digits and . _ @ + -, beginning with a letter or digit';

const NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]{0,63}$/u;
const DIGEST = /^sha256:([0-9a-f]{64})$/i;
const LINE = 'a name, operator or viewer, and sha256:… on each line, as "order-sync token" prints it';

export function isPersonName(text: string): boolean {
  return NAME.test(text);
}

/** Names as in `li.wei,wang.fang@example.com`. */
export const personNames = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()))
  .refine((names) => names.every(isPersonName), 'names between commas, such as li.wei,wang.fang@example.com');

/**
 * Reads OPS_TOKENS_FILE. Blank lines and lines that begin with # count for nothing.
 *
 * @param problems gets one more for each line that is wrong, which says nothing of what stands where the token belongs
 * @returns undefined if there is a problem
 */
export function readPeople(path: string, problems: string[]): readonly Person[] | undefined {
  const before = problems.length;
  const text = readText('OPS_TOKENS_FILE', path, problems);
  if (text === undefined) return undefined;
  const people: Person[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const fields = line.trim();
    if (fields === '' || fields.startsWith('#')) continue;
    const read = personOf(fields.split(/\s+/), people);
    if ('found' in read) {
      const found = `line ${index + 1} of ${shown(path)}: ${read.found}`;
      problems.push(problem('OPS_TOKENS_FILE', found, read.expected));
    } else {
      people.push(read);
    }
  }
  if (people.length === 0 && problems.length === before)
    problems.push(problem('OPS_TOKENS_FILE', `nobody stands in the file ${shown(path)}`, LINE));
  return problems.length === before ? people : undefined;
}

/** @param others on the lines before */
function personOf(
  [name = '', role = '', hash = '', ...more]: readonly string[],
  others: readonly Person[],
): Person | { readonly found: string; readonly expected: string } {
  if (!isPersonName(name)) return { found: 'its first word is no name', expected: PERSON_NAME_RULE };
  // Those of OPS_TOKEN and OPS_VIEWER_TOKEN.
  if (isRole(name)) return { found: 'the name is that of a role', expected: "a person's name" };
  if (!isRole(role)) return { found: `no role after the name ${name}`, expected: LINE };
  const hex = DIGEST.exec(hash)?.[1];
  if (hex === undefined || more.length > 0)
    return { found: `what stands behind ${name} ${role} is not the hash of a token`, expected: LINE };
  const digest = Buffer.from(hex, 'hex');
  const other = others.find((person) => person.digest.equals(digest));
  if (other !== undefined)
    return { found: `${name} has the token of ${other.name}`, expected: 'a token for each person' };
  if (others.some((person) => person.name === name && person.role !== role))
    return { found: `${name} has another role on a line before`, expected: 'one role for each person' };
  return { name, role, digest };
}

function isRole(text: string): text is Person['role'] {
  return PERSON_ROLES.some((role) => role === text);
}
