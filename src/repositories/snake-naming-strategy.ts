import { DefaultNamingStrategy } from 'typeorm';

/** camelCase in TypeScript, snake_case in SQL. */
export class SnakeNamingStrategy extends DefaultNamingStrategy {
  override columnName(propertyName: string, customName: string | undefined, embeddedPrefixes: string[]): string {
    const name = customName ?? propertyName.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
    return [...embeddedPrefixes, name].join('_');
  }
}
