import { registerHooks } from 'node:module';

/**
 * Loaded before a daemon's own code (`node --import`): replaces a text in one of its modules. CHAOS_MUTATION is
 * `[end of the module's path, text, replacement]` as JSON.
 */
const [module, text, replacement] = JSON.parse(process.env['CHAOS_MUTATION'] ?? '[]');

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith(module)) return loaded;
    const source = String(loaded.source);
    if (!source.includes(text)) throw new Error(`${module} does not contain the text to replace: ${text}`);
    return { ...loaded, source: source.replace(text, replacement) };
  },
});
