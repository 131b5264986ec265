import { z } from 'zod';
import { jsonObject } from './fields.js';

const ruleBase = { tool_name: z.string(), prompt_template: z.string().nullish() };
const args = jsonObject.nullish();
const children = z.array(z.string()).min(1, 'children must name at least one tool');

const runFirst = z.strictObject({ type: z.literal('run_first'), ...ruleBase, args });

const constrainChildTools = z
  .strictObject({
    type: z.literal('constrain_child_tools'),
    ...ruleBase,
    children,
    child_arg_nodes: z.array(z.strictObject({ name: z.string(), args })).nullish(),
  })
  .superRefine((rule, context) => {
    rule.child_arg_nodes?.forEach(({ name }, index) => {
      if (rule.children.includes(name)) return;
      const message = `child_arg_nodes names ${name}, which is not in children: [${rule.children.join(', ')}]`;
      context.addIssue({ code: 'custom', path: ['child_arg_nodes', index, 'name'], message });
    });
  });

const conditional = z.strictObject({
  type: z.literal('conditional'),
  ...ruleBase,
  child_output_mapping: z
    .record(z.string(), z.string())
    .refine(mapping => Object.keys(mapping).length > 0, 'child_output_mapping must name at least one child tool'),
  default_child: z.string().nullish(),
  require_output_mapping: z.boolean().default(false),
});

const maxCountPerStep = z.strictObject({
  type: z.literal('max_count_per_step'),
  ...ruleBase,
  max_count_limit: z.number().int().positive('max_count_limit must be greater than 0'),
});

/** V1's rules about the order and the end of an agent's tool calls. */
export const toolRule = z.discriminatedUnion('type', [
  runFirst,
  z.strictObject({ type: z.literal('exit_loop'), ...ruleBase }),
  z.strictObject({ type: z.literal('continue_loop'), ...ruleBase }),
  constrainChildTools,
  conditional,
  z.strictObject({ type: z.literal('parent_last_tool'), ...ruleBase, children }),
  maxCountPerStep,
  z.strictObject({ type: z.literal('required_before_exit'), ...ruleBase }),
  z.strictObject({ type: z.literal('requires_approval'), ...ruleBase }),
]);

export type ToolRuleBody = z.output<typeof toolRule>;
