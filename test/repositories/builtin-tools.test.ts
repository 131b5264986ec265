import assert from 'node:assert/strict';
import { builtinToolNames } from '../../src/domain/tools/builtin-tool.js';
import { defaultOrganizationId } from '../../src/domain/ids.js';
import { createBuiltinToolsRepository } from '../../src/repositories/builtin-tools.repository.js';
import { createBlockWorld } from './block-world.js';
import type { BlockWorld } from './block-world.js';

describe('the built-in tools', () => {
  let world: BlockWorld;

  before(async () => {
    world = await createBlockWorld();
  });

  after(() => world.close());

  const rows = () =>
    world.database.query<{ id: string; name: string; at: Date }>(
      'select id, name, updated_at as at from tools where organization_id = $1 order by name',
      [defaultOrganizationId],
    );

  it('are seeded once by servers that start at the same time, and stay as they are at the next start', async () => {
    const tools = createBuiltinToolsRepository(world.database);
    await Promise.all(Array.from({ length: 4 }, () => tools.seed(defaultOrganizationId)));
    const seeded = await rows();
    assert.deepEqual(
      seeded.map(({ name }) => name),
      [...builtinToolNames].sort(),
    );
    await tools.seed(defaultOrganizationId);
    assert.deepEqual(await rows(), seeded);
  });

  it('get every member of this version back, under the id that agents know', async () => {
    const tools = createBuiltinToolsRepository(world.database);
    await tools.seed(defaultOrganizationId);
    const seeded = await rows();
    const members = () =>
      world.database.query('select name, tags, return_char_limit, enable_parallel_execution, retry_class from tools order by name');
    const before = await members();
    for (const change of [
      `tags = '{old}'`,
      'return_char_limit = 1',
      'enable_parallel_execution = not enable_parallel_execution',
      `retry_class = 'never'`,
    ]) {
      await world.database.query(`update tools set ${change}`);
      await tools.seed(defaultOrganizationId);
      assert.deepEqual(await members(), before, change);
    }
    assert.deepEqual(
      (await rows()).map(({ id }) => id),
      seeded.map(({ id }) => id),
    );
  });
});
