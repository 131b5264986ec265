import assert from 'node:assert/strict';
import { npmInstallEnvironment } from '../../../src/config/install-environment.js';

describe('npmInstallEnvironment', () => {
  it('passes on where registries are and how they are reached, and nothing else', () => {
    const environment = {
      HOME: '/home/ada',
      HTTPS_PROXY: 'http://proxy.example',
      NPM_CONFIG_REGISTRY: 'https://packages.example',
      OPENAI_API_KEY: 'secret',
      NO_PROXY: '',
    };
    assert.deepEqual(npmInstallEnvironment(environment), {
      HOME: '/home/ada',
      HTTPS_PROXY: 'http://proxy.example',
      NPM_CONFIG_REGISTRY: 'https://packages.example',
    });
  });

  it('takes what npm tells the scripts that it starts, and the certificates of Node, where nothing else is said', () => {
    const environment = { npm_config_registry: 'https://mirror.example', NODE_EXTRA_CA_CERTS: '/certs.pem' };
    assert.deepEqual(npmInstallEnvironment(environment), { NPM_CONFIG_REGISTRY: 'https://mirror.example', DENO_CERT: '/certs.pem' });
    const said = { ...environment, NPM_CONFIG_REGISTRY: 'https://packages.example' };
    assert.equal(npmInstallEnvironment(said)['NPM_CONFIG_REGISTRY'], 'https://packages.example');
  });
});
