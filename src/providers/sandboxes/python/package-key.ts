import { createHash } from 'node:crypto';
import type { CodePackage } from '../../../domain/sandbox/code-sandbox.js';
import { packageNames } from '../../../domain/sandbox/package-names.js';

/** The packages as pip reads them, in an order of their own. Throws for what is neither a name nor a version: a URL or an option would be more. */
export function requirementsOf(packages: readonly CodePackage[]): string[] {
  return packages
    .map(({ name, version }) => {
      if (!packageNames.pip.name.test(name)) throw new PackagesRefused(`'${name}' is no name of a package`);
      if (version !== null && !packageNames.pip.version.test(version)) throw new PackagesRefused(`'${version}' is no version of ${name}`);
      const normal = name.toLowerCase().replaceAll(/[-_.]+(?=[^\]]*(?:\[|$))/g, '-');
      return version === null ? normal : `${normal}==${version}`;
    })
    .sort();
}

/** The same for the same packages on the same interpreter. */
export function environmentKey(requirements: readonly string[], interpreter: string): string {
  return createHash('sha256')
    .update(JSON.stringify([interpreter, requirements]))
    .digest('hex')
    .slice(0, 32);
}

/** Packages that cannot be installed, in words for whoever has named them. */
export class PackagesRefused extends Error {
  override readonly name = 'PackagesRefused';
}
