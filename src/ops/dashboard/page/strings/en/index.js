import { activity } from './activity.js';
import { daemons } from './daemons.js';
import { deadLetters } from './dead-letters.js';
import { lists } from './lists.js';
import { now } from './now.js';
import { orders } from './orders.js';
import { pause } from './pause.js';
import { reasons } from './reasons.js';
import { reconciliation } from './reconciliation.js';
import { search } from './search.js';
import { shell } from './shell.js';

/** Every English word on the page. `{name}` is filled in; `one|many` is chosen by `{n}`. */
export const en = {
  ...shell,
  ...now,
  ...pause,
  ...orders,
  ...search,
  ...lists,
  ...deadLetters,
  ...reconciliation,
  ...daemons,
  ...activity,
  ...reasons,
};
