/** Pausing on purpose. */
export const pause = {
  'state.held': 'Paused on purpose',
  'state.held.text': 'Paused by {by}. Orders wait safely in the queue until somebody resumes.',
  'state.held.until': 'Paused by {by}. Orders wait safely in the queue, and sync automatically from {time} on.',
  'state.held.reason': 'Reason: {reason}.',

  'pause.pause': 'Pause…',
  'pause.title': 'Pause this shop?',
  'pause.text':
    'For planned work on the internal system: all daemons of this shop finish the orders in hand and take no new ones. Everything else waits safely in the queue.',
  'pause.reason': 'Reason (shown to everyone)',
  'pause.howLong': 'For how long',
  'pause.untilResumed': 'until somebody resumes',
  'pause.go': 'Pause',
  'pause.resume': 'Resume',
  'pause.resumeTitle': 'Resume this shop?',
  'pause.resumeText': 'All daemons of this shop take orders again, those that have waited first.',
};
