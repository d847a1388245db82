import { registerHooks } from 'node:module';

/**
 * Loaded into a daemon before its own code (`node --import`): replaces a text in one of its modules, as if someone had
 * written it so. CHAOS_MUTATION is `[module's end, text, replacement]` as JSON.
 */
const [module, text, replacement] = JSON.parse(process.env['CHAOS_MUTATION'] ?? '[]');

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith(module)) return loaded;
    const source = String(loaded.source);
    if (!source.includes(text)) throw new Error(`the text to be mutated is not in ${module}: ${text}`);
    return { ...loaded, source: source.replace(text, replacement) };
  },
});
