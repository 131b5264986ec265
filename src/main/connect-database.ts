import type { DataSource } from 'typeorm';
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.js';
import { defaultOrganizationId } from '../domain/ids.js';
import type { ServiceAddresses } from '../embedded/services.js';
import { StartupError } from '../embedded/startup-error.js';
import { createBuiltinToolsRepository } from '../repositories/builtin-tools.repository.js';
import { createDataSource, withoutLimits } from '../repositories/data-source.js';
import { createDatabase } from '../repositories/database.js';
import type { TransactionalDatabase } from '../repositories/database.js';
import { migrate } from '../repositories/migrate.js';
import { createSearchSettingsRepository, UnknownLanguage } from '../repositories/search-settings.repository.js';

/** The connection pool of a database whose schema and settings are up to date. */
export async function connectDatabase(settings: Settings, { databaseUrl }: ServiceAddresses, logger: Logger): Promise<DataSource> {
  const dataSource = createDataSource({
    url: databaseUrl,
    poolSize: settings.databasePoolSize,
    onPoolError: error => logger.warn({ err: error }, 'a database connection broke'),
  });
  try {
    await dataSource.initialize();
  } catch (error) {
    const place = new URL(databaseUrl).host;
    throw new StartupError(`The database at ${place} cannot be reached: ${textOf(error)}. Check DATABASE_URL and that the server runs.`);
  }
  await migrate(dataSource);
  await withoutLimits(dataSource, unlimited => applySearchSettings(createDatabase(unlimited, { prepare: false }), settings));
  await createBuiltinToolsRepository(createDatabase(dataSource, { prepare: false })).seed(defaultOrganizationId);
  return dataSource;
}

async function applySearchSettings(database: TransactionalDatabase, settings: Settings): Promise<void> {
  const { searchLanguage: language, embedMessages: embedsMessages, defaultEmbedding } = settings;
  try {
    await createSearchSettingsRepository(database).apply({ language, embedsMessages, defaultEmbedding });
  } catch (error) {
    if (error instanceof UnknownLanguage) throw new StartupError(`${error.message}. Check PERDURA_SEARCH_LANGUAGE.`);
    throw error;
  }
}

export function textOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join(', ');
  return error instanceof Error ? error.message || error.name : String(error);
}
