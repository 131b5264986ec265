/** What names a package and its version, by the tool that installs it: neither an address nor an option. */
export const packageNames = {
  pip: {
    name: /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:\[[A-Za-z0-9._, -]+\])?$/,
    version: /^[A-Za-z0-9][A-Za-z0-9.+!_-]*$/,
  },
  npm: {
    name: /^(@[a-z0-9][\w.-]*\/)?[a-zA-Z0-9][\w.-]*$/,
    version: /^[\w.^~<>=*| +-]+$/,
  },
} as const;
