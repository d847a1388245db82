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

/** 页面上的全部中文。`{name}` 会被替换。键与 `strings/en/` 完全一致，由测试保证。 */
export const zh = {
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
