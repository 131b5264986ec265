import { RequestError } from '../errors.js';

/** Characters of a name, with its extension. */
const longestName = 255;
/** What names stand for nothing that can be opened. */
const reserved: ReadonlySet<string> = new Set(['', '.', '..', 'con', 'prn', 'aux', 'nul']);
// eslint-disable-next-line no-control-regex -- control characters are what is taken out
const unfit = /[\u0000-\u001f<>:"|?*\\]/g;

/** The name of an upload as it is stored: without folders and characters that file systems know other meanings of. Throws for a name that nothing is left of. */
export function sanitizeFileName(given: string): string {
  const [name = ''] = given.split(/[/\\]/).slice(-1);
  const clean = name.replaceAll(unfit, '_').trim();
  if (reserved.has(clean.toLowerCase())) throw new RequestError('invalid', `Invalid filename: '${given}'`);
  const { base, extension } = splitName(clean);
  return `${base.slice(0, Math.max(1, longestName - extension.length))}${extension}`.slice(0, longestName);
}

function splitName(name: string): { readonly base: string; readonly extension: string } {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? { base: name, extension: '' } : { base: name.slice(0, dot), extension: name.slice(dot) };
}

/** What agents call a file of a folder. `copy` = how many of its name came before. */
export function nameInFolder(folderName: string, originalName: string, copy: number): string {
  if (copy === 0) return `${folderName}/${originalName}`;
  const { base, extension } = splitName(originalName);
  return `${folderName}/${base}_(${copy})${extension}`;
}
