// Which folder may import which: docs/design/structure.md. Types may cross where values may not.
const inSrc = (...names) => `^src/(${names.join('|')})/`;
const valueOnly = { dependencyTypesNot: ['type-only'] };
const external = ['npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown', 'core', 'unknown'];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: valueOnly } },
    { name: 'domain-imports-only-domain', severity: 'error', from: { path: inSrc('domain') }, to: { pathNot: inSrc('domain') } },
    {
      name: 'workflows-see-activity-types-only',
      severity: 'error',
      from: { path: inSrc('workflows') },
      to: { path: '^(src|worker)', pathNot: inSrc('workflows', 'domain'), ...valueOnly },
    },
    {
      name: 'workflows-npm-allowlist',
      severity: 'error',
      from: { path: inSrc('workflows') },
      to: { dependencyTypes: external, pathNot: '@temporalio/(workflow|common)(/|$)', ...valueOnly },
    },
    {
      name: 'providers-know-no-storage',
      severity: 'error',
      from: { path: inSrc('providers') },
      to: { path: '^src/', pathNot: inSrc('providers', 'domain') },
    },
    {
      name: 'contract-knows-only-domain',
      severity: 'error',
      from: { path: inSrc('contract') },
      to: { path: '^src/', pathNot: inSrc('contract', 'domain') },
    },
    {
      name: 'entities-only-through-repositories',
      severity: 'error',
      from: { path: '^(src|worker)', pathNot: inSrc('entities', 'repositories') },
      to: { path: inSrc('entities') },
    },
    {
      name: 'typeorm-only-in-data-access',
      severity: 'error',
      from: { path: '^(src|worker)', pathNot: inSrc('entities', 'repositories') },
      to: { path: '(^|node_modules/)typeorm(/|$)', ...valueOnly },
    },
    {
      name: 'api-runs-no-activities',
      severity: 'error',
      from: { path: inSrc('api') },
      to: { path: inSrc('activities', 'providers'), ...valueOnly },
    },
    {
      name: 'express-only-in-api',
      severity: 'error',
      from: { path: '^(src|worker)', pathNot: inSrc('api') },
      to: { path: '(^|node_modules/)(express|@types/express)(/|$)' },
    },
    {
      name: 'only-main-imports-api',
      severity: 'error',
      from: { path: '^(src|worker)', pathNot: inSrc('api', 'main') },
      to: { path: inSrc('api') },
    },
    {
      name: 'nothing-imports-main',
      severity: 'error',
      from: { path: '^(src|worker)', pathNot: inSrc('main') },
      to: { path: inSrc('main') },
    },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$' }, to: {} },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
