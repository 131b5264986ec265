import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SchemaFailure } from '../../../src/domain/tools/schema-generator.js';
import { createSchemaGenerator } from '../../../src/providers/schemas/create-schema-generator.js';
import { randomOf } from '../../support/random.js';

/** Far more than any of the sources below needs, far less than one that hangs. */
const schemas = createSchemaGenerator({ sourceLength: 1_000_000, timeMs: 5000 });

describe('no source, however broken', () => {
  let folder: string;
  let marker: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'broken-sources-'));
    marker = join(folder, 'was-run');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Would leave the marker, wherever any of it were run. */
  const sources = (): Readonly<Record<'python' | 'typescript', string>> => ({
    python: `
open(${JSON.stringify(marker)}, "w")
from pydantic import BaseModel, Field
class Step(BaseModel):
    name: str = Field(default=open(${JSON.stringify(marker)}, "w"), description=f"{open(${JSON.stringify(marker)}, 'w')}")
    mood: Literal["good", "bad"] = Field("good", description="Mood \\x41 \\N{BULLET}")
@run(open(${JSON.stringify(marker)}, "w"))
async def plan(steps: list[Step], many: "Optional[Tuple[int, str]]" = None, *, first: int = 1_000, **rest: dict) -> str:
    '''Plans.

    Args:
        steps (list[Step]): The steps.
        many: How many: few
            or more.
        first: Which.
    '''
    return f"{steps!r:>{10}}"
`,
    typescript: `
import { writeFileSync } from 'node:fs';
writeFileSync(${JSON.stringify(marker)}, '');
interface Step { /** Its name. */ name: string; next?: Step[]; mood: 'good' | "bad" }
/** Plans. @param steps - The steps. */
export async function plan(steps: Array<Step>, first = writeFileSync(${JSON.stringify(marker)}, ''), many?: Record<string, number | null>) {
  return \`\${steps.map(step => step.name)}\`;
}
`,
  });

  it('is run, hangs, or fails otherwise than by saying why', async () => {
    const random = randomOf(20_251_125);
    const below = (limit: number): number => Math.floor(random() * limit);
    const pieces = [
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ':',
      ',',
      '"',
      "'",
      '"""',
      '\\',
      '\n',
      '\t',
      '    ',
      '#',
      '*',
      '**',
      '|',
      '=',
      '\u0000',
      '\ud800',
      'é',
      'def ',
      'class ',
    ];
    let failures = 0;
    for (let round = 0; round < 300; round += 1) {
      const language = round % 2 === 0 ? 'python' : 'typescript';
      let code = sources()[language];
      for (let change = 1 + below(6); change > 0; change -= 1) {
        const at = below(code.length);
        const removed = below(30);
        const piece = pieces[below(pieces.length)] ?? '';
        code = code.slice(0, at) + piece.repeat(1 + below(3)) + code.slice(at + removed);
      }
      try {
        const { name, parameters } = await schemas.generate({ language, code, argsSchema: null });
        assert.equal(typeof name, 'string');
        assert.equal(parameters['type'], 'object');
      } catch (error) {
        failures += 1;
        assert.ok(error instanceof SchemaFailure, `${String(error)} of ${JSON.stringify(code)}`);
      }
    }
    assert.ok(failures > 50 && failures < 300, `${failures} of 300 were refused`);
    assert.ok(!existsSync(marker), 'none of it was run');
  });

  it('is nested or repeated so much that it is not answered', async () => {
    const bombs = [
      '(',
      '[',
      '{',
      '"""',
      "f'{",
      'List[',
      'lambda:',
      'not ',
      '-',
      'x if ',
      'def f(',
      'class A(',
      '@',
      '\\\n',
      '<',
      'a?.',
      '`${',
      '/*',
      'x=>',
    ];
    for (const bomb of bombs) {
      for (const language of ['python', 'typescript'] as const) {
        const code = bomb.repeat(500);
        await assert.rejects(schemas.generate({ language, code, argsSchema: null }), SchemaFailure, `${language} ${bomb}`);
      }
    }
  });
});
