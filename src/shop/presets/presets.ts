import type { ShopAdapterFactory } from '../shop-client.ts';

/** Shops that need no adapter of their own: name → the module that talks to it, which is loaded only if it is wanted. */
const PRESETS = {
  magento: () => import('./magento.ts'),
  medusa: () => import('./medusa.ts'),
  shopify: () => import('./shopify.ts'),
  vendure: () => import('./vendure.ts'),
  woocommerce: () => import('./woocommerce.ts'),
} as const satisfies Record<string, () => Promise<{ readonly default: ShopAdapterFactory }>>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as [PresetName, ...PresetName[]];

export async function loadPreset(name: PresetName): Promise<ShopAdapterFactory> {
  return (await PRESETS[name]()).default;
}
