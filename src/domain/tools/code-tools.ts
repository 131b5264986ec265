import { defineBuiltin } from './builtin-tool.js';

/** Only agents that ask for this tool get it: it runs what the model writes. */
export const runCode = defineBuiltin('letta_builtin', {
  name: 'run_code',
  runsCode: true,
  description:
    'Run a piece of code in a sandbox that is made for it and thrown away afterwards: nothing of it is left for the next call, so write each one whole. ' +
    'Python finds the functions of your own Python tools defined already. ' +
    'Returns a JSON object: under "results" the value of the last expression, under "logs" what was printed to stdout and stderr, under "error" what went wrong.\n\n' +
    'Examples:\n' +
    '    run_code(code="sum(n * n for n in range(10))", language="python")\n' +
    '    run_code(code="const words = \'to be or not to be\'.split(\' \');\\nnew Set(words).size", language="ts")',
  properties: {
    code: { type: 'string', description: 'The code, from its first line to its last.' },
    language: { type: 'string', enum: ['python', 'js', 'ts', 'r', 'java'], description: 'The language that the code is written in.' },
  },
});
