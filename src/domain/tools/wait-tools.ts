import { defineBuiltin } from './builtin-tool.js';

/** Only agents that ask for these tools get them: their runs last as long as they wait. */
export const sleepUntil = defineBuiltin('letta_builtin', {
  name: 'sleep_until',
  waits: true,
  description:
    'Do nothing until a moment, or for a while, and then go on. Use it to look at something again later, or to keep an appointment. ' +
    'Nothing that is said to you meanwhile reaches you before you wake.\n\n' +
    'Examples:\n' +
    '    sleep_until(time="2025-03-07T18:00")\n' +
    '    sleep_until(duration_seconds=900)',
  required: [],
  properties: {
    time: { type: 'string', description: 'When to go on, ISO 8601 ("2025-03-07T18:00"). A time without zone is in your time zone.' },
    duration_seconds: { type: 'integer', description: 'For how many seconds to wait, where no time is given.' },
  },
});

export const waitForEvent = defineBuiltin('letta_builtin', {
  name: 'wait_for_event',
  waits: true,
  description:
    'Wait until something happens outside: somebody or some program reports an event of this name, with what they have to say of it. ' +
    'An event that was reported a short while before you wait for it is found as well. Each event is given to you once.\n\n' +
    'Examples:\n' +
    '    wait_for_event(name="payment-received")\n' +
    '    wait_for_event(name="build-finished", timeout_seconds=1800)',
  required: ['name'],
  properties: {
    name: { type: 'string', description: 'The name of the event, exactly as it is reported.' },
    timeout_seconds: { type: 'integer', description: 'How long to wait at most. You are told when nothing has come by then.' },
  },
});
