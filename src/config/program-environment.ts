import { environment } from './env.js';

const names = ['HOME', 'LANG', 'LOGNAME', 'PATH', 'SHELL', 'TMPDIR', 'USER'];

/** What programs of others get to see of this server's environment: where things are, and none of its keys. */
export function programEnvironment(): Readonly<Record<string, string>> {
  const all = environment();
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const value = all[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
