/** Something outside of this program keeps it from starting; the message says what to do. Shown without a stack. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
