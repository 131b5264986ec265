import assert from 'node:assert/strict';
import { defaultToolRules } from '../../../src/domain/tool-rules/default-tool-rules.js';
import type { ToolRule } from '../../../src/domain/tool-rules/tool-rule.js';
import { uniqueRules } from '../../../src/domain/tool-rules/unique-rules.js';
import { compileToolRules } from '../../../src/domain/prompt/compile-tool-rules.js';

const exit: ToolRule = { type: 'exit_loop', toolName: 'a', promptTemplate: null };

describe('uniqueRules', () => {
  it('takes rules that differ in their prompt template for the same, and keeps the first', () => {
    const spoken: ToolRule = { ...exit, promptTemplate: 'a says goodbye' };
    assert.deepEqual(uniqueRules([spoken, exit]), [spoken]);
  });
  it('does not care about the order of children or of arguments', () => {
    const one: ToolRule = {
      type: 'constrain_child_tools',
      toolName: 'a',
      promptTemplate: null,
      children: ['b', 'c'],
      childArgNodes: [{ name: 'b', args: { x: 1, y: { m: 1, n: 2 } } }],
    };
    const two: ToolRule = { ...one, children: ['c', 'b'], childArgNodes: [{ args: { y: { n: 2, m: 1 }, x: 1 }, name: 'b' }] };
    assert.deepEqual(uniqueRules([one, two]), [one]);
  });
  it('keeps what differs in kind, tool or anything that it says', () => {
    const count: ToolRule = { type: 'max_count_per_step', toolName: 'a', promptTemplate: null, maxCountLimit: 1 };
    const rules: ToolRule[] = [exit, { ...exit, toolName: 'b' }, { ...exit, type: 'continue_loop' }, count, { ...count, maxCountLimit: 2 }];
    assert.deepEqual(uniqueRules(rules), rules);
  });
});

describe('defaultToolRules', () => {
  it('end the turn with tools that speak or finish, and go on after every other built-in one', () => {
    const rules = defaultToolRules(['send_message', 'conversation_search', 'my_tool', 'memory_finish_edits']);
    assert.deepEqual(
      rules.map(rule => `${rule.toolName} ${rule.type}`),
      ['send_message exit_loop', 'conversation_search continue_loop', 'memory_finish_edits exit_loop'],
    );
  });
});

describe('compileToolRules', () => {
  const base = { promptTemplate: null };
  it('tells of each kind that V1 tells of, and of no other', () => {
    const text = compileToolRules([
      { type: 'run_first', toolName: 'hidden1', args: null, ...base },
      { type: 'continue_loop', toolName: 'a', ...base },
      { type: 'exit_loop', toolName: 'b', ...base },
      { type: 'constrain_child_tools', toolName: 'c', children: ['x', 'y'], childArgNodes: null, ...base },
      { type: 'conditional', toolName: 'd', childOutputMapping: { k: 'x' }, defaultChild: null, requireOutputMapping: false, ...base },
      { type: 'max_count_per_step', toolName: 'e', maxCountLimit: 3, ...base },
      { type: 'parent_last_tool', toolName: 'f', children: ['z'], ...base },
      { type: 'required_before_exit', toolName: 'hidden2', ...base },
      { type: 'requires_approval', toolName: 'hidden3', ...base },
    ]);
    assert.deepEqual(
      [...text.matchAll(/<tool_rule>\n(.*)\n<\/tool_rule>/g)].map(match => match[1]),
      [
        'a requires continuing your response when called',
        'b ends your response (yields control) when called',
        'After using c, you must use one of these tools: x, y',
        'd will determine which tool to use next based on its output',
        'e: at most 3 use(s) per response',
        'z can only be used after f',
      ],
    );
    assert.doesNotMatch(text, /hidden/);
  });
  it('is empty when no rule shows', () =>
    assert.equal(compileToolRules([{ type: 'requires_approval', toolName: 'a', promptTemplate: null }]), ''));
});
