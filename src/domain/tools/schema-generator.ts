export type SchemaObject = Readonly<Record<string, unknown>>;

/** A tool as models are told of it: JSON schema of its arguments under `parameters`. */
export interface FunctionSchema {
  readonly name: string;
  readonly description: string;
  readonly parameters: SchemaObject;
}

export interface SchemaSource {
  readonly language: 'python' | 'typescript';
  readonly code: string;
  /** Says what the arguments are, in the place of the signature; null = the signature does. */
  readonly argsSchema: SchemaObject | null;
}

/** Reads from a source what its tool is called and takes, without running any of it. */
export interface SchemaGenerator {
  /** Rejects with SchemaFailure when the source does not say it, or says it in a way that has no schema. */
  generate(source: SchemaSource): Promise<FunctionSchema>;
}

/** The message is for whoever wrote the source. */
export class SchemaFailure extends Error {
  override readonly name = 'SchemaFailure';
}
