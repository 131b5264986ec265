import assert from 'node:assert/strict';
import { SchemaFailure } from '../../../src/domain/tools/schema-generator.js';
import type { SchemaObject } from '../../../src/domain/tools/schema-generator.js';
import { createSchemaGenerator } from '../../../src/providers/schemas/create-schema-generator.js';
import { fields, generate, tool } from '../../support/python-sources.js';

/** Of a tool with one parameter `x` of this type. */
const typed = async (type: string, before = ''): Promise<unknown> =>
  ((await generate(`${before}\n${tool(`x: ${type}`, { x: 'An X.' })}`)).parameters as { properties: { x: SchemaObject } }).properties.x;

describe('the schema of a Python source', () => {
  it('has name, description and parameters of a function in V1s form', async () => {
    const code = `
import os

def look_up(city: str, days: int = 3, unit: str = "C") -> str:
    """
    Look up the forecast of a city.

    Asks nobody, and answers
      from memory.

    Args:
        city (str): Name of the city,
            as its people call it.
        days: How many days: 1 to 7.
        unit (str, optional): C or F.

    Returns:
        str: The forecast.

    Examples:
        look_up("Oslo")
    """
    return os.environ["FORECAST"]
`;
    assert.deepEqual(await generate(code), {
      name: 'look_up',
      description: 'Look up the forecast of a city.\n\nAsks nobody, and answers\n  from memory.\n\nExamples:\n    look_up("Oslo")',
      parameters: {
        type: 'object',
        properties: {
          city: { type: 'string', description: 'Name of the city,\nas its people call it.' },
          days: { type: 'integer', description: 'How many days: 1 to 7.' },
          unit: { type: 'string', description: 'C or F.' },
        },
        required: ['city'],
      },
    });
  });

  it('knows every type of V1', async () => {
    const description = 'An X.';
    const schemas: Readonly<Record<string, SchemaObject>> = {
      int: { type: 'integer' },
      float: { type: 'number' },
      bool: { type: 'boolean' },
      dict: { type: 'object' },
      list: { type: 'array', items: { type: 'string' } },
      'List[int]': { type: 'array', items: { type: 'integer' } },
      'list[list[str]]': { type: 'array', items: { type: 'array', items: { type: 'string' } } },
      'Literal["a", \'b\']': { type: 'string', enum: ['a', 'b'] },
      'Tuple[int, str]': { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'string' }], minItems: 2, maxItems: 2 },
      'Optional[float]': { type: 'number' },
      'typing.Optional[typing.List[str]]': { type: 'array', items: { type: 'string' } },
      'str | None': { type: 'string' },
      '"int"': { type: 'integer' },
    };
    for (const [type, schema] of Object.entries(schemas)) assert.deepEqual(await typed(type), { ...schema, description }, type);
  });

  it('follows aliases and enumerations of the source', async () => {
    assert.deepEqual(await typed('Mood', 'Mood = Literal["good", "bad"]'), { type: 'string', enum: ['good', 'bad'], description: 'An X.' });
    const color = 'class Color(str, Enum):\n    RED = "red"\n    BLUE = "blue"';
    assert.deepEqual(await typed('List[Color]', color), {
      type: 'array',
      items: { type: 'string', enum: ['red', 'blue'] },
      description: 'An X.',
    });
  });

  it('writes pydantic models out, with what their fields say', async () => {
    const models = `
class Place(BaseModel):
    """Where something is."""
    city: str = Field(..., description="The city.")

class Person(BaseModel):
    name: str = Field(description="Their "
                                  "name.")

class Trip(Person):
    to: "Place" = Field(..., description="Where to.")
    stops: List[Place] = Field(default_factory=list, description="On the way.")
    seats: Optional[int] = Field(None, description="Seats.")
    notes: Dict[str, str] = Field({}, description="Notes.")
    _hidden: int = 3
`;
    const place = { type: 'object', properties: { city: { type: 'string', description: 'The city.' } }, required: ['city'] };
    assert.deepEqual(await typed('Trip', models), {
      type: 'object',
      properties: {
        name: { type: 'string', description: 'Their name.' },
        to: { ...place, description: 'Where to.' },
        stops: { type: 'array', items: { ...place, description: 'Where something is.' }, description: 'On the way.' },
        seats: { type: 'integer', description: 'Seats.' },
        notes: { type: 'object', description: 'Notes.' },
      },
      required: ['name', 'to'],
      description: 'An X.',
    });
  });

  it('takes the last function, async or decorated, with keyword-only parameters, and leaves out what the sandbox gives', async () => {
    const code = `def helper(a): return a\n\n@cached\nasync ${tool('*args, x: int, agent_state: "AgentState" = None, **kwargs', { x: 'An X.' })}`;
    const { name, parameters } = await generate(code);
    assert.equal(name, 'act');
    assert.deepEqual(parameters, fields({ x: { type: 'integer', description: 'An X.' } }, ['x']));
  });

  it('takes the arguments from a schema of their own', async () => {
    const args = {
      title: 'Args',
      type: 'object',
      properties: {
        to: { $ref: '#/$defs/Place' },
        tags: { type: 'array', items: { type: 'string' }, title: 'Tags', description: 'Words.' },
        at: { anyOf: [{ type: 'number' }, { type: 'null' }], default: null, description: 'When.' },
      },
      required: ['to'],
      $defs: { Place: { type: 'object', properties: { city: { type: 'string', description: 'C.' } }, required: ['city'] } },
    };
    const { name, description, parameters } = await generate('def go(to, tags=None, at=None):\n    return 1', args);
    assert.deepEqual([name, description], ['go', 'The go tool']);
    assert.deepEqual(
      parameters,
      fields(
        {
          to: { ...fields({ city: { type: 'string', description: 'C.' } }, ['city']), description: '' },
          tags: { type: 'array', items: { type: 'string' }, description: 'Words.' },
          at: { type: 'number', description: 'When.' },
        },
        ['to'],
      ),
    );
  });

  it('says what is missing or has no schema', async () => {
    const cases: Readonly<Record<string, RegExp>> = {
      '': /No functions found in source code/,
      'def act(:': /Failed to parse source code: invalid syntax \(line 1\)/,
      'x = 1\ndef act(x: int)\n    return x': /invalid syntax \(line 2\)/,
      'def act(x: int): return x': /Function act missing docstring/,
      [tool('x', { x: 'An X.' })]: /Parameter 'x' in function 'act' lacks a type annotation/,
      [tool('x: int', {})]: /Parameter 'x' in function 'act' lacks a description in the docstring/,
      [tool('x: Union[int, str]', { x: 'X' })]: /General Union types are not yet supported/,
      [tool('x: Dict[str, int]', { x: 'X' })]: /Dictionary types Dict\[str, int\] with nested type arguments are not supported/,
      [tool('x: Tuple[int, ...]', { x: 'X' })]: /Variable-length tuples/,
      [tool('x: Any', { x: 'X' })]: /Python type Any has no corresponding JSON schema type/,
      [`class A(BaseModel):\n    a: "A" = Field(description="x")\n${tool('x: A', { x: 'X' })}`]: /the type A holds itself/,
      [`class A(BaseModel):\n    a: int\n${tool('x: A', { x: 'X' })}`]: /Property 'a' of the model A lacks a 'description' key/,
    };
    for (const [code, message] of Object.entries(cases)) {
      await assert.rejects(
        generate(code),
        (error: unknown) =>
          error instanceof SchemaFailure && error.message.startsWith('Schema generation failed: ') && message.test(error.message),
        code,
      );
    }
  });

  it('reads a with statement in parentheses, which the parser does not know', async () => {
    const code = `${tool('', {})}    with (open("a") as a, open("b") as b):\n        return a.read()\n`;
    assert.equal((await generate(code)).name, 'act');
  });

  it('gives up on what is too long, nested too deep, or grows without end', async () => {
    const small = createSchemaGenerator({ sourceLength: 100, timeMs: 1000 });
    await assert.rejects(small.generate({ language: 'python', code: ' '.repeat(101), argsSchema: null }), /longer than 100 characters/);
    const quick = createSchemaGenerator({ sourceLength: 1_000_000, timeMs: 1 });
    await assert.rejects(quick.generate({ language: 'python', code: 'x = 1\n'.repeat(50_000), argsSchema: null }), /too entangled/);
    const deep = `x: ${'List['.repeat(100)}int${']'.repeat(100)}`;
    await assert.rejects(generate(tool(deep, { x: 'X' })), /nested too deep/);
    const doubling = Array.from({ length: 28 }, (_, n) => `A${n + 1} = Tuple[A${n}, A${n}]`).join('\n');
    await assert.rejects(generate(`A0 = int\n${doubling}\n${tool('x: A28', { x: 'X' })}`), /too large/);
  });
});
