/** The section Daemons. */
export const daemons = {
  'daemons.title': 'Daemons',
  'daemons.intro':
    'Every daemon that keeps its orders in this internal system, those of other shops as well. Each says every ten seconds that it is there.',
  'daemons.none': 'No daemon has been heard from for a day.',
  'daemons.notKept': 'This internal system does not keep which daemons there are.',
  'daemons.outdatedText': 'An older version runs beside a newer one. Update all daemons to the same version.',
  'daemons.ofShop': 'Shop {shop}',
  'daemons.state': 'State',
  'daemons.where': 'Where',
  'daemons.version': 'Version',
  'daemons.up': 'Started',
  'daemons.inHand': 'In hand',
  'daemons.waiting': 'Waiting',
  'daemons.lastOrder': 'Last order',
  'daemons.lag': 'It had waited',
  'daemons.self': '(this one)',
  'daemons.outdated': 'older version',
  'daemons.ofPrefetch': '{n} of {prefetch}',
  'daemons.inQueue': '{n} in {queue}',
  'daemons.silent': 'Not heard from',
  'daemons.pausedBy': 'by {by}',
};
