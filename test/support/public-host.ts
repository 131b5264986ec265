import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Somebody's address on the internet, which nobody answers at from here but this. */
export const publicAddress = '11.22.33.44';
const space = 'perdura-public';
const near = '11.22.33.43';

export interface PublicHost {
  /** Connections to a port so far. */
  hits(port: number): number;
  stop(): Promise<void>;
}

const listener = `
import selectors, socket, sys
chosen = selectors.DefaultSelector()
for port in map(int, sys.argv[1:]):
    server = socket.create_server(("0.0.0.0", port))
    chosen.register(server, selectors.EVENT_READ)
print("ready", flush=True)
while True:
    for key, _ in chosen.select():
        accepted, _ = key.fileobj.accept()
        print("hit", key.fileobj.getsockname()[1], flush=True)
        accepted.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\nhere")
        accepted.close()
`;

/** A machine with a public address, in a network namespace: a link leads to it and nothing else. Takes root and the program ip. */
export async function startPublicHost(ports: readonly number[]): Promise<PublicHost> {
  const ip = (...args: string[]) => run('ip', args);
  await removeLinks();
  await ip('netns', 'add', space);
  await ip('link', 'add', 'perdura-near', 'type', 'veth', 'peer', 'name', 'perdura-far', 'netns', space);
  await ip('address', 'add', `${near}/32`, 'dev', 'perdura-near');
  await ip('link', 'set', 'perdura-near', 'up');
  await ip('route', 'add', `${publicAddress}/32`, 'dev', 'perdura-near');
  await ip('-n', space, 'address', 'add', `${publicAddress}/32`, 'dev', 'perdura-far');
  await ip('-n', space, 'link', 'set', 'perdura-far', 'up');
  await ip('-n', space, 'route', 'add', `${near}/32`, 'dev', 'perdura-far');
  const child = spawn('ip', ['netns', 'exec', space, 'python3', '-c', listener, ...ports.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', chunk => (output += String(chunk)));
  while (!output.includes('ready')) await once(child.stdout, 'data');
  return {
    hits: port => output.split('\n').filter(line => line === `hit ${port}`).length,
    async stop() {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
      await removeLinks();
    },
  };
}

async function removeLinks(): Promise<void> {
  await run('ip', ['netns', 'delete', space]).catch(() => undefined);
  await run('ip', ['link', 'delete', 'perdura-near']).catch(() => undefined);
}
