import type { InternalSystem } from '../../internal-system/internal-system.ts';
import { searchByText } from '../../internal-system/search/search-by-text.ts';
import { ORDER_REFERENCE_RULE } from '../../orders/order-reference.ts';
import { CommandError, EXIT } from './exit-status.ts';
import { visible } from './output.ts';

interface ReadReference {
  readonly reference: string;
  /** The text, if it was read as something else. */
  readonly readFrom?: string;
}

/**
 * The order references that are meant by these texts, each once: what is known here, or else what the text says.
 *
 * @throws CommandError 64 for a text that cannot be one; SyncError when the internal system does not answer
 */
export async function readReferences(
  findOrders: NonNullable<InternalSystem['findOrders']>,
  texts: readonly string[],
): Promise<readonly ReadReference[]> {
  const found = new Map<string, ReadReference>();
  for (const given of texts) {
    // By number alone: a command that shows one order does not search for people.
    const { parts } = await searchByText({ findOrders }, given, false);
    if (parts.length === 0) throw noReference(given);
    for (const { text, reference, hits } of parts) {
      const names = hits.length > 0 ? hits.map((hit) => hit.reference) : [reference ?? text];
      for (const name of names) {
        if (reference === null && hits.length === 0) throw noReference(text);
        found.set(name, found.get(name) ?? (name === text ? { reference: name } : { reference: name, readFrom: text }));
      }
    }
  }
  return [...found.values()];
}

function noReference(text: string): CommandError {
  return new CommandError(
    `"${visible(text)}" is no order number: it has ${ORDER_REFERENCE_RULE}. By name, phone or email: order-sync find`,
    EXIT.usage,
  );
}
