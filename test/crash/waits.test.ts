import assert from 'node:assert/strict';
import { toolCallId } from '../../src/domain/runs/execution-ids.js';
import type { Cluster } from '../support/cluster.js';
import { until } from '../support/gate.js';
import { scenarioScript } from '../support/kill-scenarios.js';
import { assertWaited, beginWait, reportEvent } from '../support/kill-waits.js';
import { sharedCluster } from '../support/shared-cluster.js';

const sleepMs = 6000;

describe('kill -9 of everything while calls wait', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  before(async () => {
    cluster = await sharedCluster();
    cluster.mock.script = scenarioScript;
  });

  it('wakes the one at its time and gives the other its event, once', async () => {
    const begun = Date.now();
    const waiting = new Set<string>();
    cluster.onBoundary = ({ activity, when, workflowId }) => {
      if (activity === 'advanceWait' && when === 'after') waiting.add(workflowId);
    };
    const [sleeping, listening] = await Promise.all([
      beginWait(cluster, `Wait ${sleepMs / 1000} s.`),
      beginWait(cluster, 'Wait for news.'),
    ]);
    await until(() => [sleeping, listening].every(({ runId }) => waiting.has(toolCallId(runId, 1, 0))));
    for (const name of ['worker', 'api', 'temporal', 'postgres'] as const) cluster.kill(name);
    await Promise.all([cluster.start('worker'), cluster.start('api')]);
    await reportEvent(cluster, listening, 'news');
    await reportEvent(cluster, listening, 'news');
    await assertWaited(cluster, listening, /it happened/);
    await assertWaited(cluster, sleeping, /which has passed now/);
    assert.ok(Date.now() - begun >= sleepMs, 'not before its time');
  });
});
