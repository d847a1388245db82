/** Why an event failed, and what a person can do about it: a `reason.` and a `todo.` for each of `FAILURE_REASONS`. */
export const reasons = {
  'reason.malformed_event': 'The message names no order',
  'todo.malformed_event':
    'Show the message to see what its sender meant, and tell the shop’s developers. If you can read the order number, publish it by hand. Then discard.',
  'reason.order_not_found': 'The shop does not know this order',
  'todo.order_not_found':
    'Look it up in the shop. If it exists now, replay. If it was deleted or the number is wrong, discard.',
  'reason.not_yet_paid': 'The shop says it is not paid yet',
  'todo.not_yet_paid': 'Check the payment in the shop. Replay once it is paid; discard if it never will be.',
  'reason.not_yet_cancelled': 'The shop says it is not cancelled',
  'todo.not_yet_cancelled':
    'Check the order in the shop. Replay once it is cancelled; discard if the cancellation was withdrawn.',
  'reason.shop_shows_older': 'The shop shows an older version than it did before',
  'todo.shop_shows_older':
    'A copy of the shop’s database lags, or its clock was set back. Compare the order in the shop. Replay once the shop shows it right; if what it shows is right although older, run “order-sync resync --force” with the order’s number, then discard.',
  'reason.invalid_order': 'The shop’s order is incomplete or wrong',
  'todo.invalid_order':
    'The error names the fields. Have the order corrected in the shop, or tell its developers; then replay.',
  'reason.wrong_order': 'The shop returned a different order',
  'todo.wrong_order': 'Tell the shop’s developers: it must return the order that was requested. Replay once it does.',
  'reason.shop_error': 'The shop returned an error',
  'todo.shop_error': 'Replay: it often works later. If it fails again, tell the shop’s developers which order it is.',
  'reason.shop_timeout': 'The shop took too long',
  'todo.shop_timeout': 'Replay once the shop is fast again. If only this order is slow, tell its developers.',
  'reason.shop_bad_reply': 'The shop’s response could not be read',
  'todo.shop_bad_reply': 'Tell the shop’s developers what the error says. Replay once it is fixed.',
  'reason.shop_unreachable': 'The shop cannot be reached',
  'todo.shop_unreachable': 'Replay once the shop can be reached again.',
  'reason.shop_refused_credentials': 'The shop refused our credentials',
  'todo.shop_refused_credentials':
    'If it is so for this order alone, ask the shop’s developers why. Otherwise have SHOP_TOKEN renewed. Then replay.',
  'reason.shop_rate_limited': 'The shop is limiting our requests',
  'todo.shop_rate_limited': 'If it is so for this order alone, tell the shop’s developers which one. Then replay.',
  'reason.number_taken': 'Another order is stored under this number',
  'todo.number_taken':
    'The error names both orders. Have one of them renumbered in the shop, then replay. If the new one has replaced the stored one, see the operations manual.',
  'reason.write_rejected': 'The internal system rejected this order',
  'todo.write_rejected':
    'The error says why. Have the order corrected in the shop or allowed in the internal system; then replay.',
  'reason.write_failed': 'The order could not be written',
  'todo.write_failed':
    'Replay: it often works later. If it fails again, show the error to the people who run the internal system.',
  'reason.internal_system_unavailable': 'The internal system took no orders',
  'todo.internal_system_unavailable':
    'If it is so for this order alone, show the error to the people who run the internal system. Then replay.',
  'reason.internal_system_refused_credentials': 'The internal system refused our credentials',
  'todo.internal_system_refused_credentials':
    'If it is so for this order alone, show the error to the people who run the internal system. Otherwise have the credentials renewed. Then replay.',
  'reason.shipment_refused': 'The shop refuses this shipment',
  'todo.shipment_refused':
    'The error says why. Correct the shipment in the internal system: it is then reported by itself. If the shop has it by now, or never will, discard.',
  'reason.invalid_shipment': 'What is recorded of the shipment cannot be reported',
  'todo.invalid_shipment':
    'The error names what is wrong. Correct the shipment in the internal system: it is then reported by itself. Then discard.',
  'reason.order_cancelled': 'Shipped here, but cancelled in the shop meanwhile',
  'todo.order_cancelled':
    'Stop the parcel if it can still be stopped, and settle it with the customer. It was not reported to the shop. Then discard.',
  'reason.unexpected': 'An unexpected error occurred',
  'todo.unexpected': 'Replay once. If it fails again, report a bug with the log lines about this order.',
  'reason.interrupted': 'The daemon stopped midway',
  'todo.interrupted': 'Replay.',
  'reason.broker_unavailable': 'RabbitMQ did not accept it',
  'todo.broker_unavailable': 'Replay.',
  'reason.crashed': 'The daemon crashed while processing it',
  'todo.crashed':
    'Replay it alone: another order in flight at that moment may have been the cause. If the daemon crashes again, report a bug with the last lines of the log.',
  'reason.unknown': 'Put here by another program',
  'todo.unknown': 'Show it, and ask who put it here. If it is an order event, replay; if not, discard.',
};
