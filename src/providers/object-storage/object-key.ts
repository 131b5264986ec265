const shape = /^[\w-]+(?:\.[\w-]+)*(?:\/[\w-]+(?:\.[\w-]+)*)*$/;
const longest = 512;

/** Keys are made by this server of ids. Anything else, and above all what leads out of the folder, is an error of this server: it throws. */
export function assertObjectKey(key: string): void {
  if (key.length > longest || !shape.test(key)) throw new Error('An object in the storage has no such key');
}
