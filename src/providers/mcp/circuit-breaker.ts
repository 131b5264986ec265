export interface BreakerOptions {
  /** In a row, until it opens. */
  readonly failures: number;
  /** Until one call may try again, in ms. */
  readonly openMs: number;
  readonly now: () => number;
}

interface Circuit {
  failures: number;
  openUntil: number;
  lastError: string;
}

/** Why a server is left alone, and for how long yet. */
export interface OpenCircuit {
  readonly failures: number;
  readonly lastError: string;
  readonly remainingMs: number;
}

/** Leaves servers alone that have failed several times in a row. After a while one call tries; the others still wait for what comes of it. */
export function createCircuitBreaker({ failures, openMs, now }: BreakerOptions) {
  const circuits = new Map<string, Circuit>();
  return {
    /** Null = it may be called. Who may is the one that tries, when it was open. */
    refusal(key: string): OpenCircuit | null {
      const circuit = circuits.get(key);
      if (circuit === undefined || circuit.failures < failures) return null;
      const remainingMs = circuit.openUntil - now();
      if (remainingMs > 0) return { failures: circuit.failures, lastError: circuit.lastError, remainingMs };
      circuit.openUntil = now() + openMs;
      return null;
    },
    succeeded(key: string): void {
      circuits.delete(key);
    },
    failed(key: string, lastError: string): void {
      const circuit = circuits.get(key) ?? { failures: 0, openUntil: 0, lastError };
      circuit.failures += 1;
      circuit.lastError = lastError;
      if (circuit.failures >= failures) circuit.openUntil = now() + openMs;
      circuits.set(key, circuit);
    },
  };
}
