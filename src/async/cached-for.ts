/** What `load` returned, for a while: for facts that change rarely. A failure is not kept. */
export function cachedFor<Args extends readonly unknown[], T>(
  ms: number,
  load: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  let value: Promise<T> | undefined;
  let until = 0;
  return (...args) => {
    if (value !== undefined && performance.now() < until) return value;
    const loading = load(...args);
    value = loading;
    until = performance.now() + ms;
    loading.catch(() => {
      if (value === loading) value = undefined;
    });
    return loading;
  };
}
