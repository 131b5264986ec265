export interface QueryPair {
  readonly name: string;
  readonly value: string;
  /** Leaves the characters as they are that have a meaning in URLs, but for those that would end the value. */
  readonly allowReserved: boolean;
}

export function encodeQuery(pairs: readonly QueryPair[]): string {
  return pairs
    .map(({ name, value, allowReserved }) => `${encode(name)}=${allowReserved ? encodeAllowing(value) : encode(value)}`)
    .join('&');
}

/** Of `application/x-www-form-urlencoded`, where a space is a plus. */
export function encodeForm(pairs: readonly (readonly [name: string, value: string])[]): string {
  return new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
}

/** Brackets stay: servers know `filter[name]` better than its encoded form. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll('%5B', '[').replaceAll('%5D', ']');
}

const reserved = /%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B|3D|5B|5D)/gi;

function encodeAllowing(text: string): string {
  return encodeURIComponent(text).replaceAll(reserved, code => decodeURIComponent(code));
}
