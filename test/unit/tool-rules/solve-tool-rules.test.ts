import assert from 'node:assert/strict';
import { allowsParallelCalls, exitTools, loopEffect, needsApproval } from '../../../src/domain/tool-rules/loop-effect.js';
import type { PastCall } from '../../../src/domain/tool-rules/past-call.js';
import { ruleViolation } from '../../../src/domain/tool-rules/rule-violation.js';
import { solveToolRules } from '../../../src/domain/tool-rules/solve-tool-rules.js';
import type { RuleVerdict } from '../../../src/domain/tool-rules/solve-tool-rules.js';
import type { ConditionalRule, ToolRule } from '../../../src/domain/tool-rules/tool-rule.js';

const tools = ['start', 'next', 'helper', 'end'];

/** A rule with only its telling fields. */
function rule<Type extends ToolRule['type']>(
  type: Type,
  toolName: string,
  more: Partial<Extract<ToolRule, { type: Type }>> = {},
): ToolRule {
  const blank = {
    args: null,
    children: [],
    childArgNodes: null,
    childOutputMapping: {},
    defaultChild: null,
    requireOutputMapping: false,
    maxCountLimit: 1,
  };
  return { ...blank, type, toolName, promptTemplate: null, ...more };
}

function called(...calls: readonly (string | readonly [name: string, output: string | null])[]): PastCall[] {
  return calls.map(call => (typeof call === 'string' ? { toolName: call, output: null } : { toolName: call[0], output: call[1] }));
}

function solve(rules: readonly ToolRule[], history: readonly PastCall[] = [], toolNames: readonly string[] = tools): RuleVerdict {
  return solveToolRules({ rules, history, toolNames });
}

const allowed = (...input: Parameters<typeof solve>): readonly string[] => solve(...input).allowed;

describe('solveToolRules', () => {
  it('allows all tools and forces none without rules', () => {
    const { allowed: names, forced, uncalledRequired, prefilled } = solve([], called('start'));
    assert.deepEqual([names, forced, uncalledRequired, prefilled.size], [tools, false, [], 0]);
  });

  describe('run_first', () => {
    const rules = [rule('run_first', 'start'), rule('run_first', 'helper')];
    it('allows only these tools before any call, and forces one', () => {
      assert.deepEqual(allowed(rules), ['start', 'helper']);
      assert.equal(solve(rules).forced, true);
    });
    it('is done with the first call', () => {
      assert.deepEqual(allowed(rules, called('start')), tools);
      assert.equal(solve(rules, called('start')).forced, false);
    });
    it('goes before what other rules say of its tool', () => {
      assert.deepEqual(allowed([...rules, rule('parent_last_tool', 'end', { children: ['start', 'helper'] })]), ['start', 'helper']);
    });
    it('is no rule when its tool is not there', () => {
      const verdict = solve([rule('run_first', 'gone')]);
      assert.deepEqual([verdict.allowed, verdict.forced], [tools, false]);
    });
  });

  describe('constrain_child_tools', () => {
    const rules = [rule('constrain_child_tools', 'start', { children: ['next', 'helper', 'gone'] })];
    it('allows only the children after its tool, and forces one', () => {
      assert.deepEqual(allowed(rules, called('start')), ['next', 'helper']);
      assert.equal(solve(rules, called('start')).forced, true);
    });
    it('says nothing before, nor after a later call', () => {
      assert.deepEqual(allowed(rules), tools);
      assert.deepEqual(allowed(rules, called('start', 'next')), tools);
      assert.equal(solve(rules, called('start', 'next')).forced, false);
    });
    it('binds nobody when none of its children is there', () => {
      const verdict = solve([rule('constrain_child_tools', 'start', { children: ['gone'] })], called('start'), ['start', 'end']);
      assert.deepEqual([verdict.allowed, verdict.forced], [['start', 'end'], false]);
    });
    it('allows what all rules of the tool allow', () => {
      const two = [...rules, rule('constrain_child_tools', 'start', { children: ['end', 'helper'] })];
      assert.deepEqual(allowed(two, called('start')), ['helper']);
    });
    it('leads along a chain of tools', () => {
      const chain = [
        rule('run_first', 'start'),
        rule('constrain_child_tools', 'start', { children: ['next'] }),
        rule('constrain_child_tools', 'next', { children: ['end'] }),
      ];
      assert.deepEqual(allowed(chain), ['start']);
      assert.deepEqual(allowed(chain, called('start')), ['next']);
      assert.deepEqual(allowed(chain, called('start', 'next')), ['end']);
      assert.deepEqual(allowed(chain, called('start', 'next', 'end')), tools);
    });
  });

  describe('conditional', () => {
    const conditional = (childOutputMapping: Readonly<Record<string, string>>, more: Partial<ConditionalRule> = {}): ToolRule =>
      rule('conditional', 'start', { childOutputMapping, ...more });
    const after = (output: string | null, chooses: ToolRule): readonly string[] => allowed([chooses], called(['start', output]));

    it('chooses by a text, and forces the choice', () => {
      const chooses = conditional({ yes: 'next', no: 'end' });
      assert.deepEqual(after('yes', chooses), ['next']);
      assert.deepEqual(after('no', chooses), ['end']);
      assert.equal(solve([chooses], called(['start', 'yes'])).forced, true);
    });
    it('compares the whole text as it is', () => {
      assert.deepEqual(after('Yes', conditional({ yes: 'next' })), tools);
      assert.deepEqual(after('yes, sir', conditional({ yes: 'next' })), tools);
    });
    it('chooses by a boolean in any spelling', () => {
      const chooses = conditional({ true: 'next', False: 'end' });
      assert.deepEqual(after('True', chooses), ['next']);
      assert.deepEqual(after('true', chooses), ['next']);
      assert.deepEqual(after('False', chooses), ['end']);
      assert.deepEqual(after('1', chooses), tools);
    });
    it('chooses by a number in any spelling', () => {
      const chooses = conditional({ '1': 'next', '2.5': 'end' });
      assert.deepEqual(after('1', chooses), ['next']);
      assert.deepEqual(after('1.0', chooses), ['next']);
      assert.deepEqual(after('2.50', chooses), ['end']);
      assert.deepEqual(after('12', chooses), tools);
      assert.deepEqual(after('', conditional({ '0': 'next' })), tools);
    });
    it('prefers the key that is the very text', () => assert.deepEqual(after('1.0', conditional({ '1': 'next', '1.0': 'end' })), ['end']));
    it('takes the default when no key fits, or the call was cut off', () => {
      const chooses = conditional({ yes: 'next' }, { defaultChild: 'helper' });
      assert.deepEqual(after('no', chooses), ['helper']);
      assert.deepEqual(after(null, chooses), ['helper']);
      assert.equal(solve([chooses], called(['start', 'no'])).forced, true);
    });
    it('allows all without a default, and still forces a call', () => {
      assert.deepEqual(after('no', conditional({ yes: 'next' })), tools);
      assert.equal(solve([conditional({ yes: 'next' })], called(['start', 'no'])).forced, true);
    });
    it('admits nothing in strict mode, not even the default: then the model is free', () => {
      const strict = conditional({ yes: 'next' }, { requireOutputMapping: true, defaultChild: 'helper' });
      assert.deepEqual(after('yes', strict), ['next']);
      const verdict = solve([strict], called(['start', 'no']));
      assert.deepEqual([verdict.allowed, verdict.forced], [tools, false]);
    });
    it('says nothing after another call', () =>
      assert.deepEqual(allowed([conditional({ yes: 'next' })], called(['start', 'yes'], 'helper')), tools));
  });

  describe('parent_last_tool', () => {
    const rules = [rule('parent_last_tool', 'start', { children: ['next', 'helper'] })];
    it('keeps the children back until right after their parent', () => {
      assert.deepEqual(allowed(rules), ['start', 'end']);
      assert.equal(solve(rules).forced, false);
      assert.deepEqual(allowed(rules, called('start')), ['next', 'helper']);
      assert.equal(solve(rules, called('start')).forced, true);
      assert.deepEqual(allowed(rules, called('start', 'next')), ['start', 'end']);
    });
    it('lets a child of two parents follow each of them', () => {
      const two = [rule('parent_last_tool', 'start', { children: ['next'] }), rule('parent_last_tool', 'helper', { children: ['next'] })];
      assert.deepEqual(allowed(two), ['start', 'helper', 'end']);
      assert.deepEqual(allowed(two, called('start')), ['next']);
      assert.deepEqual(allowed(two, called('helper')), ['next']);
    });
    it('goes together with a rule of children', () => {
      const both = [...rules, rule('constrain_child_tools', 'start', { children: ['helper', 'end'] })];
      assert.deepEqual(allowed(both, called('start')), ['helper']);
    });
  });

  describe('max_count_per_step', () => {
    const rules = [rule('max_count_per_step', 'next', { maxCountLimit: 2 })];
    it('takes the tool away after exactly so many calls', () => {
      assert.deepEqual(allowed(rules, called('next')), tools);
      assert.deepEqual(allowed(rules, called('next', 'helper', 'next')), ['start', 'helper', 'end']);
    });
    it('takes it from the children of another tool as well', () => {
      const both = [...rules, rule('constrain_child_tools', 'start', { children: ['next', 'end'] })];
      assert.deepEqual(allowed(both, called('next', 'next', 'start')), ['end']);
    });
    it('forces no call', () => assert.equal(solve(rules, called('next', 'next')).forced, false));
    it('offers all tools when nothing else is left', () => assert.deepEqual(allowed(rules, called('next', 'next'), ['next']), ['next']));
  });

  describe('required_before_exit', () => {
    const rules = [rule('required_before_exit', 'next'), rule('required_before_exit', 'helper'), rule('required_before_exit', 'gone')];
    it('names the tools that are still to be called, of those that are there', () => {
      assert.deepEqual(solve(rules).uncalledRequired, ['next', 'helper']);
      assert.deepEqual(solve(rules, called('helper', 'end')).uncalledRequired, ['next']);
      assert.deepEqual(solve(rules, called('helper', 'next')).uncalledRequired, []);
    });
    it('restricts nothing', () => {
      assert.deepEqual(allowed(rules), tools);
      assert.equal(solve(rules).forced, false);
    });
  });

  describe('prefilled arguments', () => {
    it('come from the rule of the first tool as long as it waits', () => {
      const rules = [rule('run_first', 'start', { args: { q: 1 } }), rule('run_first', 'helper')];
      assert.deepEqual([...solve(rules).prefilled], [['start', { args: { q: 1 }, source: 'run_first' }]]);
      assert.equal(solve(rules, called('start')).prefilled.size, 0);
    });
    it('come from the nodes of the tool that was called last', () => {
      const rules = [
        rule('constrain_child_tools', 'start', {
          children: ['next', 'helper'],
          childArgNodes: [
            { name: 'next', args: { depth: 2 } },
            { name: 'helper', args: null },
          ],
        }),
      ];
      assert.deepEqual(
        [...solve(rules, called('start')).prefilled],
        [['next', { args: { depth: 2 }, source: 'constrain_child_tools of start' }]],
      );
      assert.equal(solve(rules).prefilled.size, 0);
    });
  });
});

describe('ruleViolation', () => {
  const violation = (name: string, rules: readonly ToolRule[], history: readonly PastCall[] = []): string | null => {
    const state = { rules, history, toolNames: tools };
    return ruleViolation(state, solveToolRules(state), name);
  };

  it('is none for an allowed tool', () => assert.equal(violation('next', [], called('start')), null));
  it('names the tool, those that are allowed, and the rules in the way', () => {
    const rules = [
      rule('constrain_child_tools', 'start', { children: ['next', 'end'] }),
      rule('max_count_per_step', 'helper', { maxCountLimit: 1 }),
    ];
    assert.equal(
      violation('helper', rules, called('helper', 'start')),
      [
        '[ToolConstraintError] Cannot call helper, valid tools include: [next, end].',
        '- After using start, you must use one of these tools: next, end',
        '- helper: at most 1 use(s) per response',
      ].join('\n'),
    );
  });
  it('tells which tool comes first', () => {
    assert.match(
      violation('end', [rule('run_first', 'start')]) ?? '',
      /valid tools include: \[start\]\.\n- start comes before any other tool$/,
    );
  });
  it('is what an unknown tool meets, without a rule that could be named', () => {
    assert.equal(
      violation('nonsense', [rule('run_first', 'start')]),
      '[ToolConstraintError] Cannot call nonsense, valid tools include: [start].',
    );
  });
});

describe('loopEffect and its kin', () => {
  const rules = [
    rule('exit_loop', 'end'),
    rule('continue_loop', 'end'),
    rule('continue_loop', 'next'),
    rule('constrain_child_tools', 'start', { children: ['next'] }),
    rule('conditional', 'helper', { childOutputMapping: { a: 'next' } }),
    rule('requires_approval', 'next'),
    rule('max_count_per_step', 'other'),
  ];
  it('ends goes before continues, and only some rules continue', () => {
    assert.deepEqual(
      [...tools, 'other'].map(name => loopEffect(rules, name)),
      ['continues', 'continues', 'continues', 'ends', 'none'],
    );
    assert.deepEqual(exitTools(rules), ['end']);
  });
  it('knows which tool needs approval', () =>
    assert.deepEqual(
      tools.map(name => needsApproval(rules, name)),
      [false, true, false, false],
    ));
  it('allows parallel calls next to approvals alone', () => {
    assert.equal(allowsParallelCalls([]), true);
    assert.equal(allowsParallelCalls([rule('requires_approval', 'next')]), true);
    assert.equal(allowsParallelCalls(rules), false);
  });
});
