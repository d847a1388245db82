/** What can have gone wrong with an event, and what a person can do about it: a `reason.` and a `todo.` for each of `FAILURE_REASONS`. */
export const reasons = {
  'reason.malformed_event': 'The message names no order',
  'todo.malformed_event':
    'Show it: the message says what its sender meant. Tell the shop’s developers, publish the order’s number by hand if you can read it, then discard.',
  'reason.order_not_found': 'The shop does not know this order',
  'todo.order_not_found':
    'Look it up in the shop. If it is there now, replay. If it was deleted or the number is wrong, discard.',
  'reason.not_yet_paid': 'The shop says it is not paid yet',
  'todo.not_yet_paid': 'Look at the payment in the shop. Replay when it is paid there; discard when it was never paid.',
  'reason.not_yet_cancelled': 'The shop says it is not cancelled',
  'todo.not_yet_cancelled':
    'Look at the order in the shop. Replay when it is cancelled there; discard when the cancellation was withdrawn.',
  'reason.invalid_order': 'The shop’s answer is incomplete or wrong',
  'todo.invalid_order':
    'The error names the fields. Have the order corrected in the shop, or tell its developers; then replay.',
  'reason.wrong_order': 'The shop answered with another order',
  'todo.wrong_order': 'Tell the shop’s developers: it must answer with the order asked for. Replay when it does.',
  'reason.shop_error': 'The shop answered with an error',
  'todo.shop_error': 'Replay: it often works later. If it fails again, tell the shop’s developers which order.',
  'reason.shop_timeout': 'The shop took too long',
  'todo.shop_timeout': 'Replay when the shop answers fast again. If only this order is slow, tell its developers.',
  'reason.shop_bad_reply': 'The shop’s answer could not be read',
  'todo.shop_bad_reply': 'Tell the shop’s developers what the error says. Replay when it is mended.',
  'reason.shop_unreachable': 'The shop cannot be reached',
  'todo.shop_unreachable': 'Replay when the shop can be reached again.',
  'reason.shop_refused_credentials': 'The shop refuses our token',
  'todo.shop_refused_credentials': 'Have SHOP_TOKEN renewed, restart the daemon, then replay.',
  'reason.shop_rate_limited': 'The shop asks us to slow down',
  'todo.shop_rate_limited': 'Replay later. If it happens often, lower SHOP_REQUESTS_PER_SECOND.',
  'reason.write_rejected': 'The internal system refuses this order',
  'todo.write_rejected':
    'The error says what it refuses. Have it corrected in the shop or allowed in the internal system; then replay.',
  'reason.write_failed': 'It could not be written',
  'todo.write_failed':
    'Replay: it often works later. If it fails again, show the error to whoever runs the internal system.',
  'reason.internal_system_unavailable': 'The internal system does not answer',
  'todo.internal_system_unavailable': 'Replay when the internal system answers again.',
  'reason.unexpected': 'Something nobody foresaw',
  'todo.unexpected': 'Replay once. If it comes back, report it as a bug with the log’s lines about this order.',
  'reason.interrupted': 'The daemon had to stop in the middle',
  'todo.interrupted': 'Replay.',
  'reason.broker_unavailable': 'RabbitMQ did not take it',
  'todo.broker_unavailable': 'Replay.',
  'reason.crashed': 'The daemon crashed while it worked on it',
  'todo.crashed':
    'Replay it by itself: another order in work at that moment may have been the cause. If the daemon crashes again, report it as a bug, with the log’s last lines.',
  'reason.unknown': 'Put here by another program',
  'todo.unknown': 'Show it, and ask who put it here. Replay if it is an order event; discard if not.',
};
