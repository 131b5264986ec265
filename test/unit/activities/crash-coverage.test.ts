import assert from 'node:assert/strict';
import { createActivities } from '../../../src/activities/create-activities.js';
import type { ActivityDeps } from '../../../src/activities/create-activities.js';
import { activityScenarios } from '../../support/kill-scenarios.js';

/** Has every member that is asked for, and each of them has. */
const anything: unknown = new Proxy(() => undefined, { get: () => anything, apply: () => anything });

describe('the crash matrix', () => {
  it('kills around every activity that the worker has, or says why it need not', () => {
    const registered = Object.keys(createActivities(anything as ActivityDeps));
    assert.deepEqual(Object.keys(activityScenarios).sort(), registered.sort());
    for (const scenario of Object.values(activityScenarios)) if (typeof scenario === 'string') assert.ok(scenario.length > 20);
  });
});
