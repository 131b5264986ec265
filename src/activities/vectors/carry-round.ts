import { VectorStoreAway } from '../../domain/vectors/vector-store.js';
import type { VectorCollection, VectorIndex } from '../../domain/vectors/vector-store.js';
import type { ChangedPoints, VectorChangesRepository } from '../../repositories/vector-changes.repository.js';
import type { Lease, LeasedIndex, VectorIndexesRepository } from '../../repositories/vector-indexes.repository.js';
import { vectorCollections } from '../../repositories/vector-points.js';
import { writeDivided } from './write-divided.js';

export interface CarryOptions {
  /** Points of one write. */
  readonly batch: number;
  /** How often changes are looked for when there were none. */
  readonly intervalMs: number;
  /** How long one write may take: a lease outlives it. */
  readonly writeTimeoutMs: number;
}

export interface CarryRound {
  readonly vectorIndexes: VectorIndexesRepository;
  readonly vectorChanges: VectorChangesRepository;
  readonly carryOptions: CarryOptions;
  readonly index: VectorIndex;
  readonly lease: Lease;
  readonly signal: AbortSignal;
}

/** One batch of what a store has yet to be told: changes first, then what fills it. `done` = it is told of nothing any more. */
export async function carryRound(round: CarryRound): Promise<'busy' | 'idle' | 'done'> {
  const { vectorIndexes, index, lease, signal } = round;
  const leased = await renew(round);
  if (leased === null) return 'done';
  if (leased === 'held') return 'idle';
  if (leased.isGone) {
    await index.clear(signal);
    await vectorIndexes.forget(lease);
    return 'busy';
  }
  if (leased.state === 'filling' && leased.fillCollection === null) return beginFill(round);
  const changes = await carryChanges(round, leased);
  const filled = leased.state === 'filling' && (await fill(round, leased));
  if (changes || filled) return 'busy';
  if (leased.isToBeCompared) await compare(round);
  return 'idle';
}

/** Nobody else may begin before what this one has under way has ended: an old version of a point must not overtake a new one. */
function renew({ vectorIndexes, lease, carryOptions }: CarryRound): ReturnType<VectorIndexesRepository['lease']> {
  return vectorIndexes.lease(lease, 1.5 * carryOptions.writeTimeoutMs);
}

async function carryChanges(round: CarryRound, { state }: LeasedIndex): Promise<boolean> {
  const { vectorChanges, lease, carryOptions } = round;
  const { seqs, changed } = await vectorChanges.take(lease.store, carryOptions.batch);
  if (seqs.length === 0) return false;
  for (const changes of changed) {
    if (!(await writeAll(round, changes, state === 'active'))) return false;
  }
  await vectorChanges.settle(lease, seqs);
  return true;
}

/**
 * False when somebody else has taken over. Points that the store refuses wait, so that all others get there. A store that refuses every one of several while it
 * is filled is itself what is wrong; one that is in use may as well have met several such points.
 */
async function writeAll(round: CarryRound, changes: ChangedPoints, isInUse: boolean): Promise<boolean> {
  const { vectorChanges, index, lease, signal } = round;
  const refused = await writeDivided(changes, async ({ collection, points, forgotten }) => {
    if (!isMine(await renew(round))) return false;
    await index.write(collection, points, forgotten, signal);
    return true;
  });
  if (refused === 'lost') return false;
  const [first] = refused;
  if (first === undefined) return true;
  const total = changes.points.length + changes.forgotten.length;
  if (!isInUse && total > 1 && refused.length === total) {
    throw new VectorStoreAway(lease.store, `it refuses all of ${total} points, one of them with: ${first.reason}`, 'refused');
  }
  await vectorChanges.postpone(lease, refused);
  return true;
}

function isMine(leased: Awaited<ReturnType<typeof renew>>): leased is LeasedIndex {
  return leased !== null && leased !== 'held';
}

/** What the store may hold from an earlier time is of no use. */
async function beginFill({ vectorIndexes, index, lease, signal }: CarryRound): Promise<'busy' | 'idle'> {
  await index.clear(signal);
  const [collection] = vectorCollections;
  return collection !== undefined && (await vectorIndexes.noteFill(lease, { collection, after: '', more: 0 })) ? 'busy' : 'idle';
}

/** Whether there is more to do at once. */
async function fill(round: CarryRound, { fillCollection, fillAfter }: LeasedIndex): Promise<boolean> {
  const { vectorIndexes, vectorChanges, lease, carryOptions } = round;
  if (fillCollection === null) return true;
  const page = await vectorChanges.page(fillCollection, fillAfter, carryOptions.batch);
  const last = page.at(-1);
  if (last !== undefined) {
    if (!(await writeAll(round, { collection: fillCollection, points: page, forgotten: [] }, false))) return false;
    return vectorIndexes.noteFill(lease, { collection: fillCollection, after: last.id, more: page.length });
  }
  const next = vectorCollections[vectorCollections.indexOf(fillCollection) + 1];
  if (next !== undefined) return vectorIndexes.noteFill(lease, { collection: next, after: '', more: 0 });
  await compare(round);
  await vectorIndexes.activate(lease);
  return true;
}

/** A store may have lost what it held, without a word of it. */
async function compare(round: CarryRound): Promise<void> {
  for (const collection of vectorCollections) {
    await verify(round, collection);
    await renew(round);
  }
  await round.vectorIndexes.noteCompared(round.lease);
}

/** The store may differ from the record by the changes that it has yet to be told of, and by no more. Else it is filled once more. */
async function verify({ vectorIndexes, vectorChanges, index, lease, signal }: CarryRound, collection: VectorCollection): Promise<void> {
  const held = await index.count(collection, signal);
  const { points, pending } = await vectorChanges.countPoints(lease.store, collection);
  if (Math.abs(held - points) <= pending) return;
  await vectorIndexes.refill(lease);
  throw new VectorStoreAway(lease.store, `it holds ${held} ${collection}, the record ${points}; it is filled once more`);
}
