import type { Environment } from './settings.js';

/** What may stand in a server's environment about registries of packages and the way to them. */
const passed = [
  'HOME',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NPM_CONFIG_REGISTRY',
  'DENO_CERT',
  'DENO_TLS_CA_STORE',
];

/** The environment in which packages of TypeScript tools are installed. Scripts that npm has started get its settings under names of its own. */
export function npmInstallEnvironment(environment: Environment): Readonly<Record<string, string>> {
  const { npm_config_registry: registry, NODE_EXTRA_CA_CERTS: certificates } = environment;
  const all = { NPM_CONFIG_REGISTRY: registry, DENO_CERT: certificates, ...pick(environment) };
  return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])));
}

function pick(environment: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    passed.flatMap(name => {
      const value = environment[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}
