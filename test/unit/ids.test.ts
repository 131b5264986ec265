import assert from 'node:assert/strict';
import { defaultOrganizationId, defaultUserId, idPattern, idPrefixes, isId } from '../../src/domain/ids.js';

const uuid = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';

describe('isId', () => {
  it('accepts a lower-case version 4 uuid behind its prefix', () => {
    assert.equal(isId('agent', `agent-${uuid}`), true);
    assert.equal(isId('sandbox-env', `sandbox-env-${uuid}`), true);
  });

  it('refuses another prefix, upper case, another uuid version and anything around the id', () => {
    const bad = [
      `block-${uuid}`,
      uuid,
      `agent-${uuid.toUpperCase()}`,
      'agent-3f2504e0-4f89-11d3-9a0c-0305e82c3301',
      'agent-3f2504e0-4f89-41d3-1a0c-0305e82c3301',
      `agent-${uuid}\n`,
      ` agent-${uuid}`,
      `agent-${uuid}0`,
      'agent-',
      '',
    ];
    for (const value of bad) assert.equal(isId('agent', value), false, JSON.stringify(value));
  });

  it('does not take a longer prefix for a shorter one', () => {
    assert.equal(isId('sandbox', `sandbox-env-${uuid}`), false);
  });

  it('accepts the default organization and user', () => {
    assert.equal(isId('org', defaultOrganizationId), true);
    assert.equal(isId('user', defaultUserId), true);
  });
});

describe('idPattern', () => {
  it('agrees with isId for every kind', () => {
    for (const prefix of Object.values(idPrefixes)) assert.match(`${prefix}-${uuid}`, new RegExp(idPattern(prefix)));
  });
});
