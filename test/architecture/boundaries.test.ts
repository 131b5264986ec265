import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync, copyFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageFile } from '../../src/config/version.js';

/** A tool that is configured wrongly passes everything: so breaches are planted, and each has to be named. */
const breaches: Readonly<Record<string, { readonly file: string; readonly code: string }>> = {
  'domain-imports-only-domain': {
    file: 'src/domain/a.ts',
    code: "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;\n",
  },
  'workflows-see-activity-types-only': {
    file: 'src/workflows/b.ts',
    code: "import { x } from '../activities/x.js';\nexport const b = x;\n",
  },
  'workflows-npm-allowlist': { file: 'src/workflows/c.ts', code: "import { z } from 'zod';\nexport const c = z;\n" },
  'providers-know-no-storage': { file: 'src/providers/d.ts', code: "import { r } from '../repositories/r.js';\nexport const d = r;\n" },
  'entities-only-through-repositories': { file: 'src/api/e.ts', code: "import { n } from '../entities/n.js';\nexport const e = n;\n" },
  'typeorm-only-in-data-access': {
    file: 'src/temporal/f.ts',
    code: "import { DataSource } from 'typeorm';\nexport const f = DataSource;\n",
  },
  'api-runs-no-activities': { file: 'src/api/g.ts', code: "import { x } from '../activities/x.js';\nexport const g = x;\n" },
  'express-only-in-api': { file: 'src/events/h.ts', code: "import express from 'express';\nexport const h = express;\n" },
  'only-main-imports-api': { file: 'src/temporal/i.ts', code: "import { e } from '../api/e.js';\nexport const i = e;\n" },
  'nothing-imports-main': { file: 'src/api/j.ts', code: "import { m } from '../main/m.js';\nexport const j = m;\n" },
  'contract-knows-only-domain': { file: 'src/contract/k.ts', code: "import { r } from '../repositories/r.js';\nexport const k = r;\n" },
  'no-cycles': { file: 'src/events/l.ts', code: "import { l2 } from './l2.js';\nexport const l = (): unknown => l2;\n" },
  'no-orphans': { file: 'src/events/lonely.ts', code: 'export const lonely = 1;\n' },
};

const others: Readonly<Record<string, string>> = {
  'src/activities/x.ts': 'export const x = 1;\n',
  'src/repositories/r.ts': 'export const r = 1;\n',
  'src/entities/n.ts': 'export const n = 1;\n',
  'src/main/m.ts': 'export const m = 1;\n',
  'src/events/l2.ts': "import { l } from './l.js';\nexport const l2 = (): unknown => l;\n",
};

describe('import boundaries', () => {
  it('name every planted breach', function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'perdura-boundaries-'));
    try {
      const files = { ...others, ...Object.fromEntries(Object.values(breaches).map(({ file, code }) => [file, code])) };
      for (const [file, code] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), code);
      }
      for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) copyFileSync(packageFile(file), join(folder, file));
      symlinkSync(packageFile('node_modules'), join(folder, 'node_modules'));
      const { stdout } = spawnSync(
        process.execPath,
        [
          packageFile('node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
          '--config',
          '.dependency-cruiser.cjs',
          '--output-type',
          'err',
          'src',
        ],
        {
          cwd: folder,
          encoding: 'utf8',
        },
      );
      for (const rule of Object.keys(breaches)) assert.match(stdout, new RegExp(`${rule}:`), `${rule} was not named in:\n${stdout}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
