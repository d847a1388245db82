import { type DocumentNode, type FieldNode, Kind, type SelectionSetNode, valueFromASTUntyped } from 'graphql';

/** A connection counts 2, and its objects once for each that is asked for. */
const CONNECTIONS = new Set([
  ...['orders', 'lineItems', 'webhookSubscriptions', 'fulfillmentOrders', 'fulfillmentLineItems'],
]);
const SIZES = new Set(['first', 'last', 'ids']);

/**
 * What Shopify asks of the bucket before it runs a query: scalars are free, an object is a point, lists are sized by their
 * arguments. Shopify has made its numbers smaller since; a query within these is within those.
 */
export function queryCost(document: DocumentNode, variables: Readonly<Record<string, unknown>>): number {
  const fragments = new Map<string, SelectionSetNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition.selectionSet);
  }
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  return costOf(operation?.selectionSet);

  function costOf(set: SelectionSetNode | undefined): number {
    let cost = 0;
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) cost += costOfField(selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) cost += costOf(selection.selectionSet);
      else cost += costOf(fragments.get(selection.name.value));
    }
    return cost;
  }

  function costOfField({ name, arguments: args = [], selectionSet }: FieldNode): number {
    if (selectionSet === undefined || name.value === 'pageInfo') return 0;
    const children = costOf(selectionSet);
    const size = args.find((argument) => SIZES.has(argument.name.value));
    const given = size === undefined ? 1 : valueFromASTUntyped(size.value, variables);
    const count = Array.isArray(given) ? given.length : Number(given);
    // The `nodes` of a connection are among its children.
    return CONNECTIONS.has(name.value) ? 2 + count * children : count * (1 + children);
  }
}

/** The points that an app may use; they come back as time goes by. */
export class Bucket {
  readonly #restoreRate: number;
  #available: number;
  #at = performance.now();

  constructor({ available, restoreRate }: { available: number; restoreRate: number }) {
    this.#available = available;
    this.#restoreRate = restoreRate;
  }

  take(cost: number): boolean {
    const { currentlyAvailable } = this.throttleStatus;
    this.#at = performance.now();
    this.#available = currentlyAvailable - (cost <= currentlyAvailable ? cost : 0);
    return cost <= currentlyAvailable;
  }

  get throttleStatus() {
    const restored = ((performance.now() - this.#at) / 1000) * this.#restoreRate;
    const currentlyAvailable = Math.min(this.#available + restored, 2_000);
    return { maximumAvailable: 2_000, currentlyAvailable, restoreRate: this.#restoreRate };
  }
}
