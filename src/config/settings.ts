import type { z } from 'zod';
import { isLoopback } from './loopback.js';
import { settingDefinitions } from './setting-definitions.js';
import type { SettingDefinition } from './define-setting.js';

export type Settings = { readonly [Name in keyof typeof settingDefinitions]: z.output<(typeof settingDefinitions)[Name]['schema']> };
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that cannot be used; the message names its variable. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/** All settings, read once at the start. Throws SettingError for the first that is wrong. */
export function loadSettings(environment: Environment): Settings {
  const entries = Object.entries(settingDefinitions).map(([name, definition]) => [name, read(definition, environment)]);
  const settings = Object.fromEntries(entries) as Settings;
  refuseOpenServer(settings);
  return settings;
}

export interface ListedSetting {
  readonly names: readonly string[];
  readonly value: string;
  readonly description: string;
}

/** The settings for people to read; secrets show only that they are set. */
export function listSettings(environment: Environment): ListedSetting[] {
  return Object.values(settingDefinitions).map((definition: SettingDefinition) => {
    const value = read(definition, environment);
    const shown =
      value === null || (Array.isArray(value) && value.length === 0)
        ? ''
        : definition.isSecret === true
          ? '(set)'
          : Array.isArray(value)
            ? value.join(',')
            : `${value as string | number | boolean}`;
    return { names: definition.names, value: shown, description: definition.description };
  });
}

function read(definition: SettingDefinition, environment: Environment): unknown {
  const name = definition.names.find(candidate => (environment[candidate] ?? '') !== '');
  const result = definition.schema.safeParse(name === undefined ? undefined : environment[name]);
  if (result.success) return result.data;
  const reason = result.error.issues.map(issue => issue.message).join('; ');
  throw new SettingError(`The setting ${name ?? definition.names.join(' or ')} is wrong: ${reason}. ${definition.description}`);
}

function refuseOpenServer({ host, password }: Settings): void {
  if (password !== null || isLoopback(host)) return;
  throw new SettingError(
    `The setting PERDURA_HOST is ${host}, which others can reach: set LETTA_SERVER_PASSWORD as well. The server does not start without.`,
  );
}
