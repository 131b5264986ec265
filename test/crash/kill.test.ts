import { describeKills } from '../support/describe-kills.js';

/** Each process at each kind of boundary; the whole matrix is `npm run test:crash`. */
describeKills('workflow', {
  worker: [
    { activity: 'advanceConversation', when: 'before', nth: 1 },
    { activity: 'callModel', when: 'before', nth: 2 },
    { activity: 'callModel', when: 'after', nth: 3 },
    { activity: 'runTool', when: 'before', nth: 3 },
    { activity: 'runTool', when: 'after', nth: 1 },
    { activity: 'persistStep', when: 'after', nth: 2 },
    { activity: 'advanceConversation', when: 'after', nth: 2 },
    { activity: 'advanceCompensation', when: 'after', nth: 1 },
  ],
  api: [
    { activity: 'callModel', when: 'before', nth: 1 },
    { activity: 'runTool', when: 'after', nth: 2 },
  ],
  temporal: [
    { activity: 'callModel', when: 'after', nth: 1 },
    { activity: 'runTool', when: 'after', nth: 3 },
  ],
  postgres: [
    { activity: 'callModel', when: 'before', nth: 2 },
    { activity: 'runTool', when: 'before', nth: 2 },
    { activity: 'persistStep', when: 'before', nth: 3 },
  ],
});
