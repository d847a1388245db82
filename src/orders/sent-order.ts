/**
 * Fields that became known later stay where the shop put them, among those that are not known: a stored order is compared by its
 * text, so that one which was stored before must still read the same.
 *
 * @param read what was read, the known fields first; its fields are put in order in place
 * @param sent the same as the shop sent it
 * @param later the names of the fields that became known later, which are the last of the known ones
 */
export function restoreSentOrder(read: Record<string, unknown>, sent: unknown, later: readonly string[]): void {
  const names = Object.keys(read);
  const movable = new Set(names.slice(names.findIndex((name) => later.includes(name))));
  for (const name of Object.keys(sent ?? {})) {
    if (!movable.has(name)) continue;
    const value = read[name];
    delete read[name];
    read[name] = value;
  }
}

export function fieldOf(value: unknown, name: string): unknown {
  return Object.entries(value ?? {}).find(([key]) => key === name)?.[1];
}
