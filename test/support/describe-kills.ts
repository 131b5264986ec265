import assert from 'node:assert/strict';
import type { Cluster, ProcessName } from './cluster.js';
import { activityScenarios, hangWhenAsked, scenarioScript } from './kill-scenarios.js';
import { killUnderAll } from './kill-under-all.js';
import type { Hit, KillPoint } from './kill-under-all.js';
import { sharedCluster } from './shared-cluster.js';

type PointsOf = Partial<Readonly<Record<ProcessName, readonly KillPoint[]>>>;

const processes = ['worker', 'api', 'temporal', 'postgres'] as const;
/** An agent's timer looks once when it falls asleep, and again when its time has come. */
const seconds: ReadonlySet<string> = new Set(['wakeAgentWhenDue']);

/** `npm run test:crash`: one process at a time, before and after every activity. */
const killedInMatrix = process.env['CRASH_MATRIX'];
const matrix = (Object.keys(activityScenarios) as (keyof typeof activityScenarios)[])
  .filter(activity => typeof activityScenarios[activity] !== 'string')
  .flatMap(activity => (['before', 'after'] as const).map((when): KillPoint => ({ activity, when, nth: seconds.has(activity) ? 2 : 1 })));

/** Tests of these kills, or of all there are in the matrix. */
export function describeKills(isolation: 'workflow' | 'inline', points: PointsOf): void {
  for (const name of processes) {
    const all = killedInMatrix === undefined ? (points[name] ?? []) : name === killedInMatrix ? matrix : [];
    if (all.length === 0) continue;
    describe(`kill -9 of ${name}, isolation ${isolation}`, function () {
      this.timeout(180_000);
      let cluster: Cluster;
      let hits: Map<KillPoint, Hit>;

      before(async () => {
        cluster = await sharedCluster(isolation === 'workflow' ? {} : { PERDURA_STEP_ISOLATION: isolation });
        cluster.mock.script = scenarioScript;
        hangWhenAsked(cluster);
        hits = await killUnderAll(cluster, name, all, ({ activity }) => {
          const scenario = activityScenarios[activity];
          assert.ok(typeof scenario === 'function', String(scenario));
          return scenario(cluster);
        });
      });

      for (const point of all) {
        it(`${point.when} ${point.activity} #${point.nth}: nothing is lost, and nothing happens twice`, async () => {
          const hit = hits.get(point);
          await hit?.check();
          assert.ok(hit?.wasHeld, 'the boundary was reached');
        });
      }
    });
  }
}
