/** What stands at a place in JSON, `a.b.c`; undefined if nothing does. */
export function at(json: unknown, place: string): unknown {
  return place.split('.').reduce<unknown>((found, name) => {
    return typeof found === 'object' && found !== null && Object.hasOwn(found, name)
      ? Reflect.get(found, name)
      : undefined;
  }, json);
}
