import { pythonCall, sandboxWith } from './tool-sandbox.js';

/** A process that a test kills in the middle of a call: `sleep <word>` runs in its sandbox until then. */
const word = process.argv[2] ?? '';
const { sandbox } = sandboxWith();
const source = 'import subprocess\ndef f(word: str):\n    subprocess.run(["sleep", word])';
await sandbox.run(pythonCall(source, { args: { word } }), new AbortController().signal);
