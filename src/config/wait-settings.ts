import { define, positive } from './define-setting.js';

/** The tools sleep_until and wait_for_event, and the events that are reported to agents. */
export const waitSettings = {
  waitLongestSeconds: define(
    ['PERDURA_WAIT_LONGEST_SECONDS'],
    positive.default(2_592_000),
    'The longest time that an agent may wait, in seconds.',
  ),
  waitStandardSeconds: define(
    ['PERDURA_WAIT_STANDARD_SECONDS'],
    positive.default(3600),
    'How long the tool wait_for_event waits where the model does not say, in seconds.',
  ),
  eventWindowSeconds: define(
    ['PERDURA_EVENT_WINDOW_SECONDS'],
    positive.default(3600),
    'For how long an event is kept for an agent that does not wait for it yet, in seconds.',
  ),
  eventMaxBytes: define(['PERDURA_EVENT_MAX_BYTES'], positive.default(65_536), 'Largest payload of an event, in bytes of JSON.'),
} as const;
