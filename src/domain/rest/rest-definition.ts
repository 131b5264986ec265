/** A JSON schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

export const restMethods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type RestMethod = (typeof restMethods)[number];

export const parameterPlaces = ['path', 'query', 'header', 'cookie'] as const;
export type ParameterPlace = (typeof parameterPlaces)[number];

/** How lists and objects are written, in OpenAPI's words. */
export const parameterStyles = ['simple', 'label', 'matrix', 'form', 'spaceDelimited', 'pipeDelimited', 'deepObject'] as const;
export type ParameterStyle = (typeof parameterStyles)[number];

/** How one value is written into a query, a path, a header or a form. */
export interface ValueStyle {
  readonly style: ParameterStyle;
  readonly explode: boolean;
  readonly allowReserved: boolean;
  /** Instead of by its style the value is written as JSON. */
  readonly asJson: boolean;
}

export interface RestParameter extends ValueStyle {
  /** On the wire. */
  readonly name: string;
  readonly place: ParameterPlace;
  /** What the model calls it. */
  readonly argument: string;
  readonly description: string | null;
  readonly required: boolean;
  readonly schema: Schema;
}

/** One property of an object that is sent. */
export interface BodyMember extends ValueStyle {
  readonly name: string;
  readonly argument: string;
}

export interface RestBody {
  /** In lower case, without parameters. */
  readonly contentType: string;
  readonly required: boolean;
  readonly description: string | null;
  readonly schema: Schema;
  /** The properties as arguments of their own; null = the body is one argument. */
  readonly members: readonly BodyMember[] | null;
  /** Of the body as a whole, where it is one. */
  readonly argument: string;
}

export const responseFormats = ['auto', 'json', 'text'] as const;

export interface RestResponse {
  /** `auto`: JSON is written readably, all else as it came. `json`: JSON whatever the server calls it. `text`: as it came. */
  readonly format: (typeof responseFormats)[number];
  /** JMESPath of what is returned of a JSON response. */
  readonly select: string | null;
}

/** Where the rest of a list is. Paths are names with dots; an empty one is the whole response. */
export type RestPagination = {
  /** Where a page's items are. */
  readonly items: string;
  readonly maxPages: number;
} & (
  | { readonly kind: 'link_header' }
  | { readonly kind: 'next_url'; readonly nextUrl: string }
  | { readonly kind: 'cursor'; readonly parameter: string; readonly cursor: string }
  | { readonly kind: 'page'; readonly parameter: string; readonly first: number }
  | { readonly kind: 'offset'; readonly parameter: string }
);

/** What a call of the tool becomes. Texts may hold `{{ SECRET }}`, never what a model has written. */
export interface RestDefinition {
  readonly method: RestMethod;
  /** With `{name}` for parameters of its path. */
  readonly url: string;
  /** Sent with each call, as they are. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly parameters: readonly RestParameter[];
  readonly body: RestBody | null;
  readonly response: RestResponse;
  readonly pagination: RestPagination | null;
  /** Of a header by which the server recognises a call that it has seen; it is sent the id of the tool call. */
  readonly idempotencyHeader: string | null;
}

/** How a tool says who calls. Texts may hold `{{ SECRET }}`. Only ever stored sealed. */
export type RestAuth =
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'api_key'; readonly place: 'header' | 'query' | 'cookie'; readonly name: string; readonly value: string }
  | {
      readonly type: 'oauth2_client_credentials';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly scope: string | null;
      readonly audience: string | null;
      /** Where the token's server wants the client's id and secret. */
      readonly clientAuth: 'basic' | 'body';
    };
