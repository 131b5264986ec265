import type { SandboxOutcome } from '../sandbox/code-sandbox.js';

/** What run_code returns, in V1's form: failures of the code are no failures of the tool. */
export function codeResult({ status, value, stdout, stderr }: SandboxOutcome): string {
  const logs = { stdout: lines(stdout), stderr: lines(stderr) };
  if (status === 'error') return JSON.stringify({ results: [], logs, error: codeError(String(value)) });
  return JSON.stringify({ results: value === null ? [] : [typeof value === 'string' ? value : JSON.stringify(value)], logs });
}

function lines(text: string): readonly string[] {
  return text === '' ? [] : [text];
}

const told = /^Error executing function [^:]*: ([\w.]+): ([\s\S]*)$/;

/** The stack is in stderr. */
function codeError(text: string): { readonly name: string; readonly value: string } {
  const [, name = 'Error', value = text] = told.exec(text) ?? [];
  return { name, value };
}
