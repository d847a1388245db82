import type { OrderSinkFactory } from '../sink/order-sink.ts';

/** ERPs that need no sink of their own: name → the module that talks to it, which is loaded only if it is wanted. */
const PRESETS = {
  erpnext: () => import('./erpnext.ts'),
  http: () => import('../endpoint/endpoint-sink.ts'),
  odoo: () => import('./odoo.ts'),
  tryton: () => import('./tryton.ts'),
} as const satisfies Record<string, () => Promise<{ readonly default: OrderSinkFactory }>>;

export type SinkPresetName = keyof typeof PRESETS;

export const SINK_PRESET_NAMES = Object.keys(PRESETS) as [SinkPresetName, ...SinkPresetName[]];

export async function loadSinkPreset(name: SinkPresetName): Promise<OrderSinkFactory> {
  return (await PRESETS[name]()).default;
}
