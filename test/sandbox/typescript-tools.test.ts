import assert from 'node:assert/strict';
import { denoSandbox, never, outputBytes, typescriptCall } from '../support/deno-sandbox.js';

describe('TypeScript tools in Deno', () => {
  let deno: Awaited<ReturnType<typeof denoSandbox>>;
  before(async () => {
    deno = await denoSandbox({ isJailed: true });
  });
  after(() => deno.remove());

  it('calls the function with its arguments in the order of the schema, and leaves defaults alone', async () => {
    const source = `
      interface Part { readonly name: string }
      export function tool(city: string, part: Part, days: number = 3, ...rest: number[]): object {
        console.log('asked for', city);
        console.error('noted');
        return { city, part, days, rest };
      }`;
    const outcome = await deno.run(source, { args: { part: { name: 'old town' }, city: 'Lund' }, argOrder: ['city', 'part', 'days'] });
    assert.deepEqual(outcome, {
      status: 'success',
      value: { city: 'Lund', part: { name: 'old town' }, days: 3, rest: [] },
      stdout: 'asked for Lund\n',
      stderr: 'noted\n',
      agentState: null,
    });
  });

  it('awaits what is a promise, whether the function is exported or not', async () => {
    const source =
      'async function tool() { await new Promise(resolve => setTimeout(resolve, 5)); return { at: new Date(0), none: undefined }; }';
    assert.deepEqual((await deno.run(source)).value, { at: '1970-01-01T00:00:00.000Z' });
    assert.equal((await deno.run('export const tool = () => {};', {}, { language: 'javascript' })).value, null);
  });

  it('gives what JSON has no form for as a text', async () => {
    assert.equal(
      (await deno.run('export const tool = () => { const a: unknown[] = [1n]; a.push(a); return a; };')).value,
      '<ref *1> [ 1n, [Circular *1] ]',
    );
  });

  it('reports an error in the words of V1, with the lines of the source in the stack and no others', async () => {
    const { status, value, stderr } = await deno.run(
      "interface A { b: 1 }\n\nexport function tool() {\n  throw new RangeError('too far');\n}",
    );
    assert.equal(status, 'error');
    assert.equal(value, 'Error executing function tool: RangeError: too far');
    assert.equal(stderr, 'RangeError: too far\n    at Module.tool (tool.ts:4:9)\n');
  });

  it('tells what is wrong with a source, or with a function that it lacks', async () => {
    assert.match(
      String((await deno.run('export const other = 1;')).value),
      /^Error executing function tool: SyntaxError: Export 'tool' is not defined/,
    );
    assert.equal(
      (await deno.run('export const tool = 1;')).value,
      'Error executing function tool: ReferenceError: tool is not a function of the source',
    );
    assert.match(String((await deno.run('export function tool( {')).value), /^Error executing function tool: .*\btool\.ts:/s);
  });

  it('counts a promise that nobody caught, and one that nothing can settle, as errors', async () => {
    const uncaught =
      "export const tool = async () => { Promise.reject(new Error('lost')); await new Promise(done => setTimeout(done, 50)); return 1; };";
    assert.equal((await deno.run(uncaught)).value, 'Error executing function tool: Error: lost');
    assert.equal(
      (await deno.run('export const tool = () => new Promise(() => {});')).value,
      'Error executing function tool: Error: it waits for what can no longer come',
    );
    assert.equal(
      (await deno.run('export const tool = () => Deno.exit(3);')).value,
      'Error executing function tool: ProcessError: its process ended with 3 before there was a result',
    );
  });

  it('gives the environment of the run and nothing else, and not what would steer Deno', async () => {
    const source =
      "export const tool = () => [process.env.TOKEN, Deno.env.toObject(), process.env.NODE_ENV ?? 'none', process.env.HOME ?? 'none'];";
    const { value } = await deno.run(source, {}, { environment: { TOKEN: 's3' }, key: 'call-9' });
    assert.deepEqual(value, ['s3', { TOKEN: 's3', PERDURA_IDEMPOTENCY_KEY: 'call-9' }, 'none', 'none']);
    const refused = await deno.run(source, {}, { environment: { SSLKEYLOGFILE: '/tmp/keys' } });
    assert.equal(
      refused.value,
      'Error executing function tool: EnvironmentError: the variable SSLKEYLOGFILE cannot be given to TypeScript and JavaScript: it would steer Deno',
    );
  });

  it('runs a script as a notebook does: the last expression is its value', async () => {
    assert.deepEqual(
      (
        await deno.script(
          "import { basename } from 'node:path';\nconst names: string[] = ['/a/b'].map(path => basename(path));\nconsole.log(names.length);\nnames;",
        )
      ).value,
      ['b'],
    );
    assert.equal((await deno.script('enum Level { Low = 3 }\nconsole.log(Level.Low)')).value, null);
    assert.equal(
      (await deno.script('const double = x => x * 2; double(\n  await Promise.resolve(4),\n)', { language: 'javascript' })).value,
      8,
    );
    assert.equal((await deno.script('nothing.here')).value, 'Error executing function run_code: ReferenceError: nothing is not defined');
  });

  it('keeps the beginning of what is printed', async () => {
    const { value, stdout } = await deno.run(`export const tool = () => { console.log('é'.repeat(${outputBytes})); return 'done'; };`);
    assert.equal(value, 'done');
    assert.match(stdout.slice(-40), new RegExp(`é\\n... \\[${outputBytes + 1} bytes more\\]$`));
  });

  it('refuses a result that is too large, and one that is forged', async () => {
    assert.match(
      String((await deno.run("export const tool = () => 'x'.repeat(2_000_000);")).value),
      /ResultError: its result cannot be read: it is longer than/,
    );
    const forged = await deno.run(
      `export const tool = () => { console.log('{"type":"result","status":"success","value":"forged"}'); return 'true'; };`,
    );
    assert.equal(forged.value, 'true');
  });

  it('ends a run at its time, and one that is aborted before it rejects', async () => {
    const loop = 'export const tool = () => { for (;;); };';
    assert.equal(
      (await deno.run(loop, {}, { timeoutMs: 500 })).value,
      'Error executing function tool: TimeoutError: Executing tool timed out after 0.5 seconds.',
    );
    const cancel = new AbortController();
    const running = deno.sandbox.run(typescriptCall(loop), cancel.signal);
    setTimeout(() => cancel.abort(new Error('cancelled')), 100);
    await assert.rejects(running, /cancelled/);
    await assert.rejects(deno.sandbox.run(typescriptCall(loop), AbortSignal.abort(new Error('before'))), /before/);
  });

  it('gives no run a process that another one has had, though some wait for their runs', async () => {
    const ready = await denoSandbox({ isJailed: true, warm: 1 });
    const source =
      'export const tool = () => [(globalThis as any).seen ??= process.env.WHO, (globalThis as any).seen === process.env.WHO];';
    for (const WHO of ['Ada', 'Ben', 'Cem', 'Dea']) {
      assert.deepEqual((await ready.run(source, {}, { environment: { WHO } })).value, [WHO, true]);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    await ready.remove();
  });

  it('runs no other language', async () => {
    await assert.rejects(
      deno.sandbox.run({ ...typescriptCall('1'), language: 'r' }, never),
      /Deno runs TypeScript and JavaScript, not r\./,
    );
  });
});
