// Builds the Weaviate server that `npm run test:stores` tests against, once for each version: it comes as source alone, and takes a quarter of an hour.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { weaviateBinary, weaviateModule } from '../test/support/store-servers.js';

if (existsSync(weaviateBinary)) {
  console.log(`${weaviateBinary} is there.`);
  process.exit(0);
}
mkdirSync(dirname(dirname(weaviateBinary)), { recursive: true });
const temporary = mkdtempSync(join(dirname(dirname(weaviateBinary)), '.building-'));
const env = { ...process.env, GOBIN: temporary, GOFLAGS: '-buildvcs=false' };
const { status, error } = spawnSync('go', ['install', weaviateModule], { env, stdio: 'inherit' });
if (status === 0) {
  mkdirSync(dirname(weaviateBinary), { recursive: true });
  renameSync(join(temporary, 'weaviate-server'), weaviateBinary);
} else console.error(error === undefined ? 'Weaviate could not be built.' : `Go was not found: ${error.message}`);
rmSync(temporary, { recursive: true, force: true });
process.exit(status ?? 1);
