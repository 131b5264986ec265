import assert from 'node:assert/strict';
import type { SchemaObject } from '../../../src/domain/tools/schema-generator.js';
import { createSchemaGenerator } from '../../../src/providers/schemas/create-schema-generator.js';

const schemas = createSchemaGenerator({ sourceLength: 1_000_000, timeMs: 5000 });
const generate = (code: string, argsSchema: SchemaObject | null = null) => schemas.generate({ language: 'typescript', code, argsSchema });

describe('the schema of a TypeScript or JavaScript source', () => {
  it('has the first exported function, with types as V1 writes them and what JSDoc says', async () => {
    const code = `
import { x } from 'npm:x';
function helper(a: number) {}
/**
 * Adds numbers,
 * slowly.
 * @param a - The first.
 * @returns the sum
 */
export async function add(a: number, b?: number, words: string[] = [], more: Array<boolean>, any: any, bag: Record<string, number>,
                          mood: 'good' | "bad", mixed: string | number, thing: Unknown, ...rest: string[]): Promise<number> {
  return a;
}
export function second(): void {}
`;
    const { name, description, parameters } = await generate(code);
    assert.deepEqual([name, description], ['add', 'Adds numbers, slowly.']);
    assert.deepEqual(parameters, {
      type: 'object',
      properties: {
        a: { type: 'number', description: 'The first.' },
        b: { type: 'number' },
        words: { type: 'array', items: { type: 'string' } },
        more: { type: 'array', items: { type: 'boolean' } },
        any: { type: 'string' },
        bag: { type: 'object', additionalProperties: { type: 'number' } },
        mood: { type: 'string', enum: ['good', 'bad'] },
        mixed: { type: 'string' },
        thing: { type: 'object' },
      },
      required: ['a', 'more', 'any', 'bag', 'mood', 'mixed', 'thing'],
    });
  });

  it('follows the types of the source, those that hold themselves no further than once', async () => {
    const code = `
export interface Place { /** Its city. */ city: string; zip?: number | undefined; near?: Place[] }
type Mood = 'good' | 'bad';
export function go(to: Place, mood?: Mood) {}`;
    assert.deepEqual((await generate(code)).parameters, {
      type: 'object',
      properties: {
        to: {
          type: 'object',
          properties: {
            city: { type: 'string', description: 'Its city.' },
            zip: { type: 'number' },
            near: { type: 'array', items: { type: 'object' } },
          },
          required: ['city'],
        },
        mood: { type: 'string', enum: ['good', 'bad'] },
      },
      required: ['to'],
    });
  });

  it('takes the types of JavaScript from comments', async () => {
    const code =
      '/**\n * @param {string} name Whom.\n * @param {number} [times=2] How often.\n */\nexport function greet(name, times = 2) {}';
    const { description, parameters } = await generate(code);
    assert.equal(description, 'TypeScript function greet');
    assert.deepEqual(parameters, {
      type: 'object',
      properties: { name: { type: 'string', description: 'Whom.' }, times: { type: 'number', description: 'How often.' } },
      required: ['name'],
    });
  });

  it('says what is missing', async () => {
    await assert.rejects(generate('function f() {}'), /^SchemaFailure: TypeScript schema generation failed: No exported function found/);
    await assert.rejects(generate('export function f( {'), /invalid syntax \(line 1\)/);
  });
});
