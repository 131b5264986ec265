/** Ends an exhaustive switch: a new member of the union becomes a compile error at the call. */
export function assertNever(value: never): never {
  throw new TypeError(`Unexpected value: ${JSON.stringify(value)}`);
}
