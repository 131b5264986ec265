import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { freePort } from '../../src/embedded/ports.js';
import { cacheFolder } from '../../src/embedded/services.js';
import type { S3Options } from '../../src/providers/object-storage/s3-object-storage.js';
import { startServer } from './store-servers.js';

/** Moto's server of Amazon's API, with what it needs for S3 and no more. */
const packages = ['moto==5.2.1', 'flask==3.1.3', 'flask-cors==6.0.5', 'py-partiql-parser==0.6.3'];
const cacheDir = cacheFolder({ cacheDir: null });
const run = promisify(execFile);

export interface S3Server {
  readonly options: S3Options;
  /** The keys of all objects. */
  keys(): Promise<string[]>;
  /** Uploads in parts that were neither finished nor given up. */
  openUploads(): Promise<number>;
  stop(): Promise<void>;
}

export async function startS3(): Promise<S3Server> {
  const [folder, port] = await Promise.all([fetchPackages(), freePort(0)]);
  const code = `from moto.server import main; main(["-H", "127.0.0.1", "-p", "${port}"])`;
  const server = await startServer('python3', ['-c', code], { PYTHONPATH: folder }, /Running on/);
  const options: S3Options = {
    bucket: 'perdura-test',
    prefix: 'files/',
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const client = new S3Client({
    region: options.region,
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
  });
  const Bucket = options.bucket;
  await client.send(new CreateBucketCommand({ Bucket }));
  return {
    options,
    keys: async () => ((await client.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key ?? ''),
    openUploads: async () => (await client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads?.length ?? 0,
    async stop() {
      client.destroy();
      await server.stop();
    },
  };
}

/** Once for each machine. */
async function fetchPackages(): Promise<string> {
  const folder = join(cacheDir, 'moto-5.2.1');
  if (existsSync(folder)) return folder;
  await mkdir(cacheDir, { recursive: true });
  const temporary = await mkdtemp(join(cacheDir, '.fetching-'));
  try {
    await run('python3', ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:', '--target', temporary, ...packages]);
    await rename(temporary, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return folder;
}
