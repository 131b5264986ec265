export interface Timing {
  /** That a tenth of the calls stayed below: what else the machine does is hardly in it. */
  readonly p10: number;
  readonly p50: number;
  readonly p95: number;
}

/** Runs `work` n times in a row, after a few times that do not count. Milliseconds. */
export async function timed(n: number, work: (index: number) => Promise<unknown>, warmUp = 5): Promise<Timing> {
  for (let index = 0; index < warmUp; index += 1) await work(-1 - index);
  const times: number[] = [];
  for (let index = 0; index < n; index += 1) {
    const started = performance.now();
    await work(index);
    times.push(performance.now() - started);
  }
  return percentiles(times);
}

export function percentiles(times: readonly number[]): Timing {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { p10: at(0.1), p50: at(0.5), p95: at(0.95) };
}

/** Completed calls per second of `lanes` that work side by side for some seconds. */
export async function throughput(lanes: number, seconds: number, work: (lane: number) => Promise<unknown>): Promise<number> {
  const until = performance.now() + seconds * 1000;
  let done = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      while (performance.now() < until) {
        await work(lane);
        done += 1;
      }
    }),
  );
  return done / ((performance.now() - started) / 1000);
}
