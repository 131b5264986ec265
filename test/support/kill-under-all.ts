import type { Activities } from '../../src/activities/create-activities.js';
import type { Boundary, Cluster, ProcessName } from './cluster.js';
import { createGate } from './gate.js';

/** A place in the course of something at which a process is killed. */
export interface KillPoint {
  readonly activity: keyof Activities;
  readonly when: Boundary['when'];
  /** The how-manieth time that it is reached. */
  readonly nth: number;
}

/** Something that is ready to begin: it will go through the activity. */
export interface Prepared {
  begin(): Promise<Begun>;
}

export interface Begun {
  /** Ids of which one is in the name of each of its workflows; none when they cannot be known, and it takes the first workflow that fits. */
  readonly ids: readonly string[];
  /** Resolves when it has ended and nothing was lost, done twice or told wrongly. */
  readonly check: () => Promise<void>;
}

export interface Hit {
  /** Whether the process was killed while it was held at its place. */
  readonly wasHeld: boolean;
  readonly check: () => Promise<void>;
}

interface Place {
  readonly point: KillPoint;
  readonly begun: Begun;
  workflowId: string | null;
  reached: number;
  isHeld: boolean;
}

const reachMs = 60_000;

/**
 * Begins something for each point, holds each where it is to be hit, kills the process once under all of them, and lets them go on. One kill serves
 * many points: the process does not know whom else it takes along.
 */
export async function killUnderAll(
  cluster: Cluster,
  process: ProcessName,
  points: readonly KillPoint[],
  prepare: (point: KillPoint) => Promise<Prepared>,
): Promise<Map<KillPoint, Hit>> {
  const prepared = await Promise.all(points.map(async point => ({ point, ready: await prepare(point) })));
  const killed = createGate();
  const allHeld = createGate();
  let isKilled = false;
  let begin: (places: readonly Place[]) => void = () => undefined;
  const begun = new Promise<readonly Place[]>(resolve => (begin = resolve));
  cluster.onBoundary = async boundary => {
    if (isKilled) return;
    // What a workflow belongs to is known when all have begun, which takes no longer than their requests.
    const places = await begun;
    const place = placeOf(places, boundary);
    if (place === undefined) return;
    place.reached += 1;
    if (place.reached < place.point.nth) return;
    place.isHeld = true;
    if (places.every(candidate => candidate.isHeld)) allHeld.open();
    await killed.opened;
  };
  const places = await Promise.all(
    prepared.map(async ({ point, ready }): Promise<Place> => ({
      point,
      begun: await ready.begin(),
      workflowId: null,
      reached: 0,
      isHeld: false,
    })),
  );
  begin(places);
  const timer = setTimeout(() => allHeld.open(), reachMs);
  await allHeld.opened;
  clearTimeout(timer);
  cluster.kill(process);
  isKilled = true;
  killed.open();
  if (process === 'worker' || process === 'api') await cluster.start(process);
  return new Map(places.map(({ point, isHeld, begun: { check } }) => [point, { wasHeld: isHeld, check }]));
}

function placeOf(places: readonly Place[], { activity, when, workflowId }: Boundary): Place | undefined {
  const fits = ({ point }: Place): boolean => point.activity === activity && point.when === when;
  const known = places.find(
    place => fits(place) && (place.workflowId === workflowId || place.begun.ids.some(id => workflowId.includes(id))),
  );
  if (known !== undefined) return known;
  const free = places.find(place => fits(place) && place.begun.ids.length === 0 && place.workflowId === null);
  if (free !== undefined) free.workflowId = workflowId;
  return free;
}
