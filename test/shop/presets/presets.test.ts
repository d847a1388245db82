import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { createShop } from '../../../src/shop/create-shop.ts';
import { loadPreset, PRESET_NAMES } from '../../../src/shop/presets/presets.ts';

const text = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

test.each(PRESET_NAMES)('%s is a factory that says at once which settings it wants', async (preset) => {
  expect(await loadPreset(preset)).toBeTypeOf('function');
  await expect(createShop({ preset, baseUrl: '' }, {})).rejects.toThrow(ConfigError);
  await expect(createShop({ preset, baseUrl: '' }, {})).rejects.toThrow('SHOP_BASE_URL');
});

test.each(PRESET_NAMES)('%s is documented', (preset) => {
  expect(text('docs/shops.md')).toContain(`SHOP_PRESET=${preset}\n`);
  expect(text('docs/configuration.md')).toMatch(new RegExp(`^\\| \`SHOP_PRESET\` \\|.*\`${preset}\``, 'm'));
  expect(text('.env.example')).toMatch(new RegExp(`^# .*\\b${preset}\\b`, 'm'));
});

test.each(PRESET_NAMES)('%s shows that the toolkit does the work: it has no more than 80 lines', (preset) => {
  expect(text(`src/shop/presets/${preset}.ts`).trimEnd().split('\n').length).toBeLessThanOrEqual(80);
});

test('the example of an adapter has no more than 40 lines', () => {
  expect(text('examples/shop-adapter.ts').trimEnd().split('\n').length).toBeLessThanOrEqual(40);
});
