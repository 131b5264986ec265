import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { findJailHost } from '../../src/providers/sandboxes/bubblewrap/jail-host.js';
import { packageFile } from '../../src/config/version.js';
import { cacheFolder } from '../../src/embedded/services.js';
import { newWord, withWord } from '../support/marked-processes.js';
import { pythonCall, sandboxWith } from '../support/tool-sandbox.js';

// Where the sandbox is missing all of this fails. It is never skipped: what it guards is what everybody relies on.
describe('code in the sandbox that wants out', () => {
  const { sandbox, run, close } = sandboxWith({ PERDURA_TOOL_DISK_BYTES: '8388608', PERDURA_TOOL_MEMORY_BYTES: '268435456' });
  after(close);

  it('sees nothing of the environment of the server', async () => {
    process.env['SECRET_OF_THE_HOST'] = 'sesame';
    const source = 'import glob\ndef f():\n    return [open(path).read() for path in glob.glob("/proc/*/environ")]';
    const { value } = await run(source);
    delete process.env['SECRET_OF_THE_HOST'];
    assert.equal(Array.isArray(value) && value.length > 0 && !JSON.stringify(value).includes('sesame'), true);
  });

  it('sees no files but those of the system and its interpreter', async () => {
    const secret = join(tmpdir(), `perdura-secret-${randomInt(1e9)}`);
    await writeFile(secret, 'sesame');
    const paths = [
      '/etc/shadow',
      '/etc/passwd-',
      secret,
      packageFile('package.json'),
      cacheFolder({ cacheDir: null }),
      '/var',
      '/run',
      '/sys',
      '/home',
    ];
    const source = 'import os\ndef f(paths: list[str]):\n    return [path for path in paths if os.path.exists(path)]';
    assert.deepEqual((await run(source, { args: { paths } })).value, []);
    await rm(secret);

    const list = 'import os\ndef f(path: str):\n    return sorted(os.listdir(path)) if os.path.isdir(path) else []';
    const roots = (await run(list, { args: { path: '/' } })).value as string[];
    const known = ['bin', 'dev', 'etc', 'lib', 'lib32', 'lib64', 'libx32', 'opt', 'proc', 'sbin', 'tmp', 'usr'];
    const prefix = resolve(homedir()).split('/')[1] ?? '';
    assert.deepEqual(
      roots.filter(name => !known.includes(name) && name !== prefix),
      [],
    );
    // Of the home folder at most the way to the interpreter.
    assert.equal(((await run(list, { args: { path: homedir() } })).value as string[]).length <= 1, true);
  });

  it('writes nowhere but into its own memory, which is bounded', async () => {
    const source = [
      'import errno, os',
      'def f():',
      '    refused = []',
      '    for path in ("/x", "/usr/x", "/etc/passwd", "/dev/x", "/opt/perdura/runner/__main__.py", "/proc/sys/kernel/hostname", os.__file__):',
      '        try:',
      '            open(path, "a").write("x")',
      '        except OSError as error:',
      '            refused.append(errno.errorcode[error.errno])',
      '    full = []',
      '    for folder in ("/tmp", "/dev/shm"):',
      '        try:',
      '            for number in range(20):',
      '                open(f"{folder}/{number}", "wb").write(b"x" * 1000000)',
      '        except OSError as error:',
      '            full.append(errno.errorcode[error.errno])',
      '    return [len(refused), full]',
    ].join('\n');
    assert.deepEqual((await run(source)).value, [7, ['ENOSPC', 'ENOSPC']]);
  });

  it('makes no memory that belongs to no process', async () => {
    const source = [
      'import ctypes, errno, os, platform',
      'def f():',
      '    libc = ctypes.CDLL(None, use_errno=True)',
      '    arm = platform.machine() == "aarch64"',
      '    calls = {"memfd_create": 279 if arm else 319, "memfd_secret": 447, "shmget": 194 if arm else 29, "shmat": 196 if arm else 30}',
      '    found = {}',
      '    for name, number in calls.items():',
      '        result = libc.syscall(number, b"x", 0, 0)',
      '        found[name] = "made" if result >= 0 else errno.errorcode[ctypes.get_errno()]',
      '    return found',
    ].join('\n');
    const refused = { memfd_create: 'EPERM', memfd_secret: 'EPERM', shmget: 'EPERM', shmat: 'EPERM' };
    assert.deepEqual((await run(source)).value, refused);
  });

  it('follows links to its own files only', async () => {
    const source =
      'import os\ndef f():\n    os.symlink("/etc/shadow", "/tmp/a")\n    os.symlink("/proc/1/root/root", "/tmp/b")\n    return [os.path.exists("/tmp/a"), open("/tmp/a").read()]';
    assert.match(String((await run(source)).value), /FileNotFoundError/);
  });

  it('knows no process but its own, and signals none', async () => {
    const source = [
      'import os',
      'def f(pid: int):',
      '    seen = [name for name in os.listdir("/proc") if name.isdigit()]',
      '    try:',
      '        os.kill(pid, 9)',
      '        return "killed"',
      '    except ProcessLookupError:',
      '        return [len(seen) < 6, os.path.exists(f"/proc/{pid}")]',
    ].join('\n');
    assert.deepEqual((await run(source, { args: { pid: process.pid } })).value, [true, false]);
  });

  it('reaches no socket of the host, neither by a path nor by an abstract name', async () => {
    let hits = 0;
    const names = [join(tmpdir(), `perdura-socket-${randomInt(1e9)}`), `\0perdura-socket-${randomInt(1e9)}`];
    const servers = names.map(path => createServer(socket => socket.destroy(void (hits += 1))).listen({ path }));
    await Promise.all(servers.map(server => once(server, 'listening')));
    const source = [
      'import socket',
      'def f(names: list[str]):',
      '    for name in names:',
      '        try:',
      '            socket.socket(socket.AF_UNIX).connect(name)',
      '        except OSError:',
      '            continue',
    ].join('\n');
    for (const network of ['none', 'public'] as const)
      assert.equal((await run(source, { args: { names } }, { network })).status, 'success');
    for (const server of servers) server.close();
    assert.equal(hits, 0);
  });

  it('has no calls of the kernel that lead out: namespaces, mounts, keys, tracing, other kinds of sockets', async () => {
    const source = [
      'import ctypes, os, platform, socket',
      'numbers = {"x86_64": [272, 308, 165, 161, 250, 101, 321, 425], "aarch64": [97, 268, 40, 51, 219, 117, 280, 425]}[platform.machine()]',
      'def f():',
      '    libc = ctypes.CDLL(None, use_errno=True)',
      '    refused = [libc.syscall(number, 0x10000000, 0, 0, 0, 0) == -1 and ctypes.get_errno() == 1 for number in numbers]',
      '    try:',
      '        socket.socket(40, socket.SOCK_STREAM)',
      '        refused.append(False)',
      '    except OSError:',
      '        refused.append(True)',
      '    status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)',
      '    return [all(refused), os.getuid(), int(status["CapBnd"], 16), status["NoNewPrivs"], status["Seccomp"]]',
    ].join('\n');
    assert.deepEqual((await run(source)).value, [true, 65_534, 0, '1', '2']);
  });

  it('makes no more processes than it may, and all of them end with it', async () => {
    const word = newWord();
    const source = [
      'import subprocess',
      'def f(word: str):',
      '    started = []',
      '    while True:',
      '        started.append(subprocess.Popen(["sleep", word]))',
    ].join('\n');
    const { value } = await run(source, { args: { word } });
    assert.match(String(value), /BlockingIOError|Resource temporarily unavailable/);
    assert.equal(await withWord(word), 0);
    const bomb = 'import os\ndef f():\n    while True:\n        try:\n            os.fork()\n        except OSError:\n            pass';
    assert.match(String((await run(bomb, {}, { timeoutMs: 1000 })).value), /timed out|held more than|ProcessError/);
  });

  it('holds no more memory than it may, in one process or in several', async () => {
    assert.match(String((await run('def f():\n    return len(b"x" * (1 << 30))')).value), /MemoryError/);
    const source = [
      'import os, time',
      'def f():',
      '    for _ in range(6):',
      '        if os.fork() == 0:',
      '            held = bytearray(os.urandom(1 << 20) * 80)',
      '            time.sleep(60)',
      '    time.sleep(60)',
    ].join('\n');
    assert.match(String((await run(source)).value), /MemoryError: its processes held more than 268435456 bytes together/);
  });

  it('ends in time with all that it has started, whatever that does to stay', async () => {
    const word = newWord();
    const source = [
      'import os, signal, subprocess, time',
      'def f(word: str):',
      '    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:',
      '        signal.signal(number, signal.SIG_IGN)',
      '    if os.fork() == 0:',
      '        os.setsid()',
      '        if os.fork() == 0:',
      '            os.execvp("sleep", ["sleep", word])',
      '        os._exit(0)',
      '    print("started", flush=True)',
      '    time.sleep(100)',
    ].join('\n');
    const late = await run(source, { args: { word } }, { timeoutMs: 1500 });
    assert.match(String(late.value), /timed out after 1\.5 seconds/);
    assert.equal(await withWord(word), 0);

    const controller = new AbortController();
    const stopped = sandbox.run(pythonCall(source, { args: { word } }), controller.signal);
    await setTimeout(700);
    controller.abort(new Error('cancelled'));
    await assert.rejects(stopped, /cancelled/);
    assert.equal(await withWord(word), 0);

    const returning = source.replace('time.sleep(100)', 'return 1');
    assert.equal((await run(returning, { args: { word } })).value, 1);
    assert.equal(await withWord(word), 0);
  });

  it('ends with the server when that is killed', async () => {
    const word = newWord();
    const server = spawn(process.execPath, ['--import', 'tsx', packageFile('test/support/killed-sandbox.ts'), word], { stdio: 'inherit' });
    while ((await withWord(word)) < 2 && server.exitCode === null) await setTimeout(50);
    server.kill('SIGKILL');
    // Its own command line has the word as well.
    await once(server, 'close');
    while ((await withWord(word)) > 0) await setTimeout(20);
    assert.equal(server.signalCode, 'SIGKILL');
  });

  it('floods neither the output nor the result', async () => {
    const flood = await run('def f():\n    while True:\n        print("x" * 100000)');
    assert.match(String(flood.value), /OutputError/);
    assert.equal(flood.stdout.length < 1_100_000, true);
    const much = await run('def f():\n    print("x" * 2000000)');
    assert.deepEqual([much.status, much.stdout.endsWith(' bytes more]')], ['success', true]);
    assert.match(String((await run('def f():\n    return "x" * 20000000')).value), /ValueError: the result is \d+ bytes long/);
  });

  it('forges at worst its own result', async () => {
    const frame = (text: string): string =>
      `import os, struct\ndef f():\n    body = b'${text}'\n    os.write(4, struct.pack(">I", len(body)) + body)\n    os.close(4)\n    while True: pass`;
    const { status, value } = await run(frame('{"type":"result","status":"success","value":"forged","agentState":null}'));
    assert.deepEqual([status, value], ['success', 'forged']);
    assert.match(String((await run(frame('{"type":"ready"}'))).value), /ResultError/);
    assert.match(String((await run('import os\ndef f():\n    os.write(4, b"\\xff" * 4)\n    while True: pass')).value), /ResultError/);
  });

  it('finds nothing that an earlier call has left', async () => {
    const leave =
      'import builtins, os\ndef f():\n    builtins.left = 1\n    os.environ["LEFT"] = "1"\n    open("/tmp/left", "w").write("x")\n    open("/dev/shm/left", "w").write("x")';
    const look =
      'import builtins, os\ndef f():\n    return [hasattr(builtins, "left"), "LEFT" in os.environ, os.listdir("/tmp"), os.listdir("/dev/shm")]';
    // More calls than interpreters wait.
    for (let times = 0; times < 3; times += 1) {
      assert.equal((await run(leave, {}, { organizationId: 'org-1' })).status, 'success');
      assert.deepEqual((await run(look, {}, { organizationId: 'org-2' })).value, [false, false, [], []]);
    }
  });

  it('is refused where bubblewrap is missing, with an error that names it', async () => {
    const options = {
      etcFolder: packageFile('assets/sandbox/etc'),
      shown: [],
      hidden: [],
      stagingFolder: tmpdir(),
      network: 'none',
      onWarning: () => undefined,
    } as const;
    await assert.rejects(
      findJailHost({ ...options, searchPath: '/nowhere' }),
      /SandboxUnavailable: .*program bwrap is missing.*apt-get install bubblewrap/,
    );
  });
});
