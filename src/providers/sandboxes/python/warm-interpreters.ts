/** Something that is started for one job. */
export interface Startable {
  /** Others may be started beside it from then on. */
  readonly ready: Promise<void>;
  readonly ended: Promise<unknown>;
  kill(): void;
}

export interface WarmOptions {
  /** Of one kind that wait at once; 0 starts each when it is asked for. */
  readonly size: number;
  /** Of all kinds. */
  readonly most: number;
  /** A kind that nobody has asked for in this time is let go. */
  readonly idleMs: number;
}

export interface WarmInterpreters<Interpreter extends Startable> {
  /** One that has never run anything, and never will again after its one job: it belongs to the caller. */
  take(kind: string, start: () => Interpreter): Interpreter;
  close(): Promise<void>;
}

interface Shelf<Interpreter> {
  readonly waiting: Set<Interpreter>;
  usedAt: number;
}

/** Interpreters that stand ready before they are asked for: of the kinds that are in use, such as one with certain packages. */
export function createWarmInterpreters<Interpreter extends Startable>({ size, most, idleMs }: WarmOptions): WarmInterpreters<Interpreter> {
  const shelves = new Map<string, Shelf<Interpreter>>();
  let isClosed = false;

  const drop = (shelf: Shelf<Interpreter>, interpreter: Interpreter): void => {
    shelf.waiting.delete(interpreter);
    interpreter.kill();
  };
  const put = (shelf: Shelf<Interpreter>, interpreter: Interpreter): void => {
    shelf.waiting.add(interpreter);
    const forget = (): unknown => shelf.waiting.delete(interpreter);
    interpreter.ready.catch(forget);
    void interpreter.ended.then(forget);
  };
  const waiting = (): number => [...shelves.values()].reduce((count, shelf) => count + shelf.waiting.size, 0);
  const makeRoom = (): void => {
    const oldest = [...shelves.values()].filter(shelf => shelf.waiting.size > 0).sort((a, b) => a.usedAt - b.usedAt)[0];
    const [first] = oldest?.waiting ?? [];
    if (oldest !== undefined && first !== undefined) drop(oldest, first);
  };
  const fill = (shelf: Shelf<Interpreter>, start: () => Interpreter): void => {
    while (!isClosed && size <= most && shelf.waiting.size < size) {
      if (waiting() >= most) makeRoom();
      put(shelf, start());
    }
  };
  const sweep = setInterval(() => {
    for (const [kind, shelf] of shelves) {
      if (Date.now() - shelf.usedAt < idleMs) continue;
      for (const interpreter of shelf.waiting) drop(shelf, interpreter);
      shelves.delete(kind);
    }
  }, idleMs / 2);
  sweep.unref();

  return {
    take(kind, start) {
      const shelf = shelves.get(kind) ?? { waiting: new Set<Interpreter>(), usedAt: 0 };
      shelves.set(kind, shelf);
      shelf.usedAt = Date.now();
      const [first] = shelf.waiting;
      if (first !== undefined) shelf.waiting.delete(first);
      const taken = first ?? start();
      // Not beside one that is only starting: whoever has asked waits for it.
      taken.ready.then(
        () => fill(shelf, start),
        () => undefined,
      );
      return taken;
    },
    async close() {
      isClosed = true;
      clearInterval(sweep);
      const all = [...shelves.values()].flatMap(shelf => [...shelf.waiting]);
      for (const interpreter of all) interpreter.kill();
      await Promise.all(all.map(interpreter => interpreter.ended));
    },
  };
}
