import js from '@eslint/js';
import temporal from 'eslint-plugin-temporal';
import tseslint from 'typescript-eslint';

const recommended = temporal.configs.recommended;
const temporalConfigs = Array.isArray(recommended) ? recommended : [recommended];

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', '.cache/', '.perdura/', 'coverage/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A handler that has nothing to wait for is still a handler.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/only-throw-error': 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 60, skipComments: true }],
      'max-params': ['error', 5],
      'no-restricted-syntax': ['error', { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' }],
    },
  },
  {
    files: ['src/repositories/migrations/**', 'test/**', 'bench/**', 'src/config/setting-definitions.ts'],
    rules: { 'max-lines': 'off', 'max-lines-per-function': 'off' },
  },
  // A factory is a list of functions, each of which the limit would hold for.
  {
    files: ['src/repositories/**', 'src/api/routes/**', 'src/main/repositories.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 120, skipComments: true }] },
  },
  { files: ['test/**', 'bench/**', 'scripts/**', 'examples/**'], rules: { 'no-console': 'off' } },
  {
    files: ['src/**/*.ts', 'worker.ts'],
    ignores: ['src/config/**', 'src/main/**', 'src/embedded/**'],
    rules: { 'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'Settings come from src/config.' }] },
  },
  ...temporalConfigs.map(config => ({ ...config, files: ['src/workflows/**/*.ts'] })),
  {
    files: ['src/workflows/**/*.ts'],
    rules: {
      // The plugin takes every exported function for a workflow, and setHandler for a promise.
      'temporal/workflow-prefer-single-object-args': 'off',
      'temporal/workflow-no-nonserializable-types-in-payloads': 'off',
      'temporal/workflow-no-floating-promises': 'off',
      'temporal/workflow-require-replay-tested-comment': 'off',
    },
  },
  {
    files: ['src/workflows/**/*.ts', 'src/domain/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'fetch', 'console', 'setImmediate', 'Buffer', 'WeakRef', 'FinalizationRegistry'],
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', require: 'readonly', module: 'writable', URL: 'readonly' } },
  },
);
