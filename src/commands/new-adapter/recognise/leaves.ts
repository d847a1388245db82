import { LINE_OBJECTS, LINE_PREFIXES, TOPIC_NAMES, TOPIC_PREFIXES, type Topic } from './names.ts';

/** A field of the sample: where it stands, what it may be called, and its value in each order of the sample. */
export interface Leaf {
  readonly path: readonly string[];
  /** By itself, and without a prefix that says what it is about. */
  readonly readings: readonly { readonly topic: Topic; readonly name: string }[];
  readonly values: unknown[];
}

/** A list of objects in an order: its lines, if they are any. */
export interface ObjectList {
  readonly path: readonly string[];
  /** The entries of all orders. */
  readonly entries: Readonly<Record<string, unknown>>[];
}

export interface Leaves {
  readonly leaves: readonly Leaf[];
  readonly lists: readonly ObjectList[];
}

/** An order is about five levels deep; a sample may be anything. */
const MAX_DEPTH = 5;
/** `{"id":2,"name":"已付款"}`, `{"amount":"12.00","currency":"CNY"}`: what stands for such an object. */
const MAIN_KEYS = ['amount', 'value', 'name', 'code', 'text', 'label'];
const CURRENCY = /^currency_?(?:code|iso)?$/i;
const AMOUNT = /^(?:amount|value)$/i;
/** Of an amount in two currencies, that of the shop. */
const SHOP_MONEY = /^shop_?money$/i;

/** What the names of fields say, in an order or in a line. */
export interface Vocabulary {
  /** What an object under this name is about; undefined: nothing of interest. */
  readonly topicOf: (name: string) => Topic | undefined;
  /** In front of a name they say the same as such an object around it. */
  readonly prefixes: readonly (readonly [prefix: string, topic: Topic])[];
}

/** All fields of the orders whose surroundings say what they are about. */
export function leavesOf(orders: readonly object[], { topicOf, prefixes }: Vocabulary): Leaves {
  const leaves = new Map<string, Leaf>();
  const lists = new Map<string, ObjectList>();

  const visit = (value: object, path: readonly string[], topic: Topic, index: number) => {
    for (const [key, child] of Object.entries(value)) {
      // The toolkit names a field by its path, with dots.
      if (!key.includes('.')) visitField(child, [...path, key], topic, index);
    }
  };
  const visitField = (value: unknown, path: readonly string[], topic: Topic, index: number) => {
    const name = normalised(path.at(-1) ?? '');
    const entries = objectsIn(value);
    const only = isRecord(value) && Object.keys(value).length === 1 ? Object.entries(value)[0] : undefined;
    if (entries !== undefined) {
      const place = JSON.stringify(path);
      const list = lists.get(place) ?? { path, entries: [] };
      lists.set(place, list);
      list.entries.push(...entries);
    } else if (only !== undefined && objectsIn(only[1]) !== undefined) {
      // A list in an object of its own, as XML leaves it: {"orders":{"order":[…]}}.
      visitField(only[1], [...path, only[0]], topic, index);
    } else if (!isRecord(value)) {
      if (!Array.isArray(value) || value.every((entry) => typeof entry !== 'object'))
        add(path, name, topic, value, index);
    } else {
      const main = mainPath(value);
      const own = topicOf(name);
      const isAmount = own === 'money' && AMOUNT.test(main?.path.at(-1) ?? '');
      if ((own === undefined || isAmount) && main !== undefined) {
        add([...path, ...main.path], name, topic, main.value, index);
        for (const key of Object.keys(value).filter((each) => CURRENCY.test(each))) {
          add([...path, key], normalised(key), 'money', value[key], index);
        }
      } else if (own !== undefined && path.length < MAX_DEPTH) visit(value, path, own === 'plain' ? topic : own, index);
    }
  };
  const add = (path: readonly string[], name: string, topic: Topic, value: unknown, index: number) => {
    const place = JSON.stringify(path);
    const leaf = leaves.get(place) ?? { path, readings: readingsOf(name, topic, prefixes), values: [] };
    leaves.set(place, leaf);
    leaf.values[index] = value;
  };

  for (const [index, order] of orders.entries()) visit(order, [], 'plain', index);
  return { leaves: [...leaves.values()], lists: [...lists.values()] };
}

function mainPath(value: Record<string, unknown>): { path: readonly string[]; value: unknown } | undefined {
  const shopMoney = Object.entries(value).find(([key]) => SHOP_MONEY.test(key));
  if (shopMoney !== undefined && isRecord(shopMoney[1])) {
    const inside = mainPath(shopMoney[1]);
    return inside && { path: [shopMoney[0], ...inside.path], value: inside.value };
  }
  const keys = Object.keys(value).filter((key) => isScalar(value[key]));
  const key = MAIN_KEYS.flatMap((main) => keys.find((each) => each.toLowerCase() === main) ?? [])[0];
  return key === undefined ? undefined : { path: [key], value: value[key] };
}

const TOPICS = new Map(
  Object.entries(TOPIC_NAMES).flatMap(([topic, names]) => names.map((name) => [name, topic as Topic] as const)),
);

export const ORDER_VOCABULARY: Vocabulary = { topicOf: (name) => TOPICS.get(name), prefixes: TOPIC_PREFIXES };

export const LINE_VOCABULARY: Vocabulary = {
  topicOf: (name) => (LINE_OBJECTS.includes(name) ? 'plain' : undefined),
  prefixes: LINE_PREFIXES.map((prefix) => [prefix, 'plain']),
};

export function normalised(key: string): string {
  // "数量(件)", "price (net)": the unit is no part of the name.
  return key.toLowerCase().replace(/[（(][^)）]*[)）]|[\s_.:$@/-]/g, '');
}

/** Behind a name they only say how the amount is meant: `totalCents`, `price_inc_tax`, `total_price_set`. */
const SUFFIX = /(?:incents|cents|fen|inminor|minor|inctax|incltax|withtax|gross|set|utc|gmt)$/;

function readingsOf(name: string, topic: Topic, prefixes: Vocabulary['prefixes']): Leaf['readings'] {
  const found = prefixes.filter(([prefix]) => name.startsWith(prefix) && name.length > prefix.length);
  const withoutPrefix = found.map(([prefix, about]) => {
    return { topic: about === 'plain' ? topic : about, name: name.slice(prefix.length) };
  });
  const whole = [{ topic, name }, ...withoutPrefix];
  const bare = whole.map((reading) => ({ ...reading, name: reading.name.replace(SUFFIX, '') }));
  return [...whole, ...bare.filter((reading, index) => reading.name !== whole[index]?.name)];
}

function objectsIn(value: unknown): Record<string, unknown>[] | undefined {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord) ? value : undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
