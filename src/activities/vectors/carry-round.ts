import { VectorStoreAway } from '../../domain/vectors/vector-store.js';
import type { VectorCollection, VectorIndex } from '../../domain/vectors/vector-store.js';
import type { VectorChangesRepository } from '../../repositories/vector-changes.repository.js';
import type { Lease, LeasedIndex, VectorIndexesRepository } from '../../repositories/vector-indexes.repository.js';
import { vectorCollections } from '../../repositories/vector-points.js';

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
  const changes = await carryChanges(round);
  const filled = leased.state === 'filling' && (await fill(round, leased));
  return changes || filled ? 'busy' : 'idle';
}

/** Nobody else may begin before what this one has under way has ended: an old version of a point must not overtake a new one. */
function renew({ vectorIndexes, lease, carryOptions }: CarryRound): ReturnType<VectorIndexesRepository['lease']> {
  return vectorIndexes.lease(lease, 1.5 * carryOptions.writeTimeoutMs);
}

async function carryChanges(round: CarryRound): Promise<boolean> {
  const { vectorChanges, index, lease, signal, carryOptions } = round;
  const { seqs, changed } = await vectorChanges.take(lease.store, carryOptions.batch);
  if (seqs.length === 0) return false;
  for (const { collection, points, forgotten } of changed) {
    await index.write(collection, points, forgotten, signal);
    await renew(round);
  }
  await vectorChanges.settle(lease, seqs);
  return true;
}

/** What the store may hold from an earlier time is of no use. */
async function beginFill({ vectorIndexes, index, lease, signal }: CarryRound): Promise<'busy' | 'idle'> {
  await index.clear(signal);
  const [collection] = vectorCollections;
  return collection !== undefined && (await vectorIndexes.noteFill(lease, { collection, after: '', more: 0 })) ? 'busy' : 'idle';
}

/** Whether there is more to do at once. */
async function fill(round: CarryRound, { fillCollection, fillAfter }: LeasedIndex): Promise<boolean> {
  const { vectorIndexes, vectorChanges, index, lease, signal, carryOptions } = round;
  if (fillCollection === null) return true;
  const page = await vectorChanges.page(fillCollection, fillAfter, carryOptions.batch);
  const last = page.at(-1);
  if (last !== undefined) {
    await index.write(fillCollection, page, [], signal);
    return vectorIndexes.noteFill(lease, { collection: fillCollection, after: last.id, more: page.length });
  }
  const next = vectorCollections[vectorCollections.indexOf(fillCollection) + 1];
  if (next !== undefined) return vectorIndexes.noteFill(lease, { collection: next, after: '', more: 0 });
  for (const collection of vectorCollections) {
    await verify(round, collection);
    await renew(round);
  }
  await vectorIndexes.activate(lease);
  return true;
}

/** The store may differ from the record by the changes that it has yet to be told of, and by no more. Else it is filled once more. */
async function verify({ vectorIndexes, vectorChanges, index, lease, signal }: CarryRound, collection: VectorCollection): Promise<void> {
  const held = await index.count(collection, signal);
  const { points, pending } = await vectorChanges.countPoints(lease.store, collection);
  if (Math.abs(held - points) <= pending) return;
  await vectorIndexes.refill(lease);
  throw new VectorStoreAway(lease.store, `it holds ${held} ${collection}, the record ${points}; it is filled once more`);
}
