import type { ToolSchema } from '../model/language-model.js';
import type { ResponseFormat } from '../model/model-config.js';
import { strictParameters } from './strict-parameters.js';

export interface OfferStyle {
  /** The kind of agent asks for its next step by an argument. */
  readonly requestsHeartbeats: boolean;
  /** The model writes its thoughts as the first argument of each call. */
  readonly thoughtsInArguments: boolean;
  /** Names of the tools that end the loop: they get no heartbeat argument. */
  readonly exitTools: readonly string[];
  readonly strict: boolean;
  /** Shapes what is said to the user, so it goes into the message argument of send_message. */
  readonly responseFormat: ResponseFormat | null;
}

const heartbeat = {
  type: 'boolean',
  description:
    'True: you get another step right after this call, with its result, to call more tools or to answer. ' +
    'False: you are done for now, and the next step comes when something new happens.',
};

const thinking = {
  type: 'string',
  description:
    'Your private thoughts before this call: what you know, what you want to reach and why this is the next step. The user does not see them.',
};

interface ParametersParts {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
}

/** The form in which a tool is offered to the model of an agent. */
export function offerTool(tool: ToolSchema, style: OfferStyle): ToolSchema {
  let parts = partsOf(tool.parameters);
  if (tool.name === 'send_message') parts = shapeMessage(parts, style.responseFormat);
  if (style.thoughtsInArguments) {
    parts = { properties: { thinking, ...parts.properties }, required: ['thinking', ...without(parts.required, 'thinking')] };
  }
  if (style.requestsHeartbeats && !style.exitTools.includes(tool.name)) {
    const required = [...without(parts.required, 'request_heartbeat'), 'request_heartbeat'];
    parts = { properties: { ...parts.properties, request_heartbeat: heartbeat }, required };
  }
  const parameters = { ...tool.parameters, type: 'object', ...parts };
  return { ...tool, parameters: style.strict ? strictParameters(parameters) : parameters };
}

function partsOf(parameters: Readonly<Record<string, unknown>>): ParametersParts {
  const { properties, required } = parameters;
  return {
    properties: isRecord(properties) ? properties : {},
    required: Array.isArray(required) ? required.filter(name => typeof name === 'string') : [],
  };
}

function shapeMessage(parts: ParametersParts, format: ResponseFormat | null): ParametersParts {
  if (format === null || format.type === 'text' || !Object.hasOwn(parts.properties, 'message')) return parts;
  const shape = format.type === 'json_schema' ? innerSchema(format.jsonSchema) : {};
  const free = { type: 'object', description: 'What to say, as a JSON object.', properties: {}, additionalProperties: true };
  const message = format.type === 'json_schema' ? shape : free;
  return { ...parts, properties: { ...parts.properties, message } };
}

/** OpenAI wraps the schema as `{name, schema, strict}`. */
function innerSchema(jsonSchema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return isRecord(jsonSchema['schema']) ? jsonSchema['schema'] : jsonSchema;
}

function without(names: readonly string[], name: string): readonly string[] {
  return names.filter(other => other !== name);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
