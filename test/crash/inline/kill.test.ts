import { describeKills } from '../../support/describe-kills.js';

/** Inline differs in its workflow alone: a few points show that it goes on as well. */
describeKills('inline', {
  worker: [
    { activity: 'callModel', when: 'before', nth: 2 },
    { activity: 'callModel', when: 'after', nth: 3 },
    { activity: 'runTool', when: 'before', nth: 3 },
    { activity: 'runTool', when: 'after', nth: 1 },
  ],
});
