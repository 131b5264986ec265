/** SQLSTATE classes, socket errors and driver texts after which the same statement may succeed. */
const transientStates = /^(08|40|53|55P03|57P0[123]|57014)/;
const transientCodes = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'];
const transientTexts =
  /connection terminated|timeout exceeded when trying to connect|connection ended unexpectedly|client has encountered a connection error|not queryable/i;

/** Whether the database was away or busy, so that the caller should try again rather than report a failure. */
export function isTransientDatabaseError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.some(isTransientDatabaseError);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return transientStates.test(code) || transientCodes.includes(code) || transientTexts.test(error.message);
}
