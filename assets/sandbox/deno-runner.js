// Runs inside Deno, beside the code that nobody trusts: one job comes in on stdin, what came of it goes out on stdout behind a mark.
/* global Blob, Deno, Response, TextEncoder, URL */
import { stripTypeScriptTypes } from 'node:module';

const { inspect, stdin, stdout, stderr, exit, env } = Deno;
const { parse, stringify } = JSON;
const { createObjectURL } = URL;
const AsyncFunction = (async () => undefined).constructor;

/** Characters. */
const longestMessage = 1000;
const mostSplits = 500;

const { source, language, functionName, args, environment, networkNote, mark } = parse(await new Response(stdin.readable).text());
for (const [name, value] of Object.entries(environment)) env.set(name, value);
let address = '';

globalThis.addEventListener('unhandledrejection', event => {
  event.preventDefault();
  fail(event.reason);
});
globalThis.addEventListener('error', event => {
  event.preventDefault();
  fail(event.error);
});
// Without this, and with `await` here, it would be for Deno to complain, about this program.
globalThis.addEventListener('beforeunload', () => fail(new Error('it waits for what can no longer come')));
offerClient()
  .then(functionName === null ? runScript : callFunction)
  .then(value => finish({ status: 'success', value }), fail);

async function callFunction() {
  const module = await load(`${source}\nexport { ${functionName} as __perduraEntry };`);
  if (typeof module.__perduraEntry !== 'function') throw new ReferenceError(`${functionName} is not a function of the source`);
  return await module.__perduraEntry(...args.map(arg => (arg === null ? undefined : arg.value)));
}

/** As in a notebook: the last statement's value is the result, when it is an expression. */
async function runScript() {
  const code = language === 'typescript' ? withoutTypes(source) : source;
  const { __perduraLast: last } = await load(withLastValue(code));
  return last;
}

async function load(code) {
  address = createObjectURL(new Blob([code], { type: `application/${language}` }));
  return await import(address);
}

/** What has types that cannot just be left out stays as it is; Deno compiles it. */
function withoutTypes(code) {
  try {
    return stripTypeScriptTypes(code);
  } catch {
    return code;
  }
}

function withLastValue(code) {
  const text = code.trimEnd().replace(/;+$/, '');
  let end = text.length;
  for (let tries = 0; tries < mostSplits && end > 0; tries += 1) {
    const split = Math.max(text.lastIndexOf('\n', end - 1), text.lastIndexOf(';', end - 1));
    const [head, tail] = [text.slice(0, split + 1), text.slice(split + 1)];
    // Without a semicolon before it, a line that begins like this goes on with the one before.
    const goesOn = split >= 0 && text[split] === '\n' && /^\s*[([`+\-*/%,.?:&|<>=]/.test(tail);
    if (!goesOn && tail.trim() !== '' && isExpression(tail) && isWhole(head)) return `${head}export const __perduraLast = await (${tail}\n);`;
    end = split;
  }
  return code;
}

/** Only compiled, not run. */
function compiles(code) {
  try {
    return AsyncFunction(code) !== null;
  } catch {
    return false;
  }
}

function isExpression(code) {
  return !/^\s*\{/.test(code) && compiles(`return (${code}\n)`);
}

function isWhole(code) {
  return compiles(code.replace(/^\s*import\s[^;\n]*/gm, '').replace(/^(\s*)export\s+(?:default\s+)?/gm, '$1'));
}

/** V1's global: a client of the API, for tools that name it, where there is a key and the tool requires the package. */
async function offerClient() {
  globalThis.client = null;
  const apiKey = env.get('LETTA_API_KEY');
  if (apiKey === undefined || !source.includes('client')) return;
  try {
    const { default: Letta } = await import('@letta-ai/letta-client');
    globalThis.client = new Letta({ apiKey, baseURL: env.get('LETTA_BASE_URL') });
  } catch {
    // The tool does not require it.
  }
}

function fail(thrown) {
  const isError = thrown instanceof Error;
  const message = isError ? `${thrown.name}: ${thrown.message}${causeOf(thrown)}` : `Error: ${typeof thrown === 'string' ? thrown : inspect(thrown)}`;
  if (isError) writeAll(stderr, `${readable(String(thrown.stack ?? message))}\n`);
  const note = /net access|^TypeError: fetch failed|^TypeError: error sending request/.test(message) ? networkNote : '';
  const text = `Error executing function ${functionName ?? 'run_code'}: ${readable(message)}${note}`;
  finish({ status: 'error', value: text.slice(0, longestMessage) });
}

/** A request that fails says why only here. */
function causeOf({ cause }) {
  return cause instanceof Error ? `: ${cause.message}` : '';
}

/** In the words of whoever wrote the code, who knows neither this program nor its flags. */
function readable(text) {
  return text
    .replaceAll(address === '' ? mark : address, 'tool.ts')
    .replaceAll(/, run again with the --allow-\w+ flag/g, ', which the code of tools does not have')
    .split('\n')
    .filter(line => !line.includes('data:text/javascript'))
    .join('\n');
}

function finish({ status, value }) {
  writeAll(stdout, `${mark}{"type":"result","status":"${status}","value":${toJson(value)}}`);
  exit(0);
}

/** What JSON has no form for is shown as a text. */
function toJson(value) {
  try {
    return stringify(value ?? null) ?? stringify(inspect(value));
  } catch {
    return stringify(inspect(value));
  }
}

function writeAll(to, text) {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(to.writeSync(rest));
}
