import { z } from 'zod';

/** One setting: how it is read, what it means, what holds without it. */
export interface SettingDefinition {
  /** Names of environment variables; the first that is set counts. */
  readonly names: readonly string[];
  readonly description: string;
  readonly schema: z.ZodType;
  readonly isSecret?: boolean;
}

export const text = z.string().min(1);
export const optionalText = text.nullable().default(null);
export const milliseconds = z.coerce.number().int().positive();
export const positive = z.coerce.number().int().positive();
export const url = z.url({ protocol: /^https?$/ });
export const flag = z.stringbool({ truthy: ['true', '1', 'yes', 'on'], falsy: ['false', '0', 'no', 'off'] });

/** One setting, with a type of its own. */
export function define<Schema extends z.ZodType>(names: readonly string[], schema: Schema, description: string, isSecret = false) {
  return { names, schema, description, isSecret };
}
