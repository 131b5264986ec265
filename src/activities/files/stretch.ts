/** How long an activity goes on before it tells its workflow how far it is. */
const stretchMs = 15_000;

/** Does the next piece of work until there is none, for a while. Others get their turn between the pieces. */
export async function stretch(signal: AbortSignal, next: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + stretchMs;
  do {
    signal.throwIfAborted();
    await new Promise(resolve => setImmediate(resolve));
  } while ((await next()) && Date.now() < end);
}
