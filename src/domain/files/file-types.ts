import type { ViewStyle } from './line-view.js';

interface FileType {
  readonly mediaType: string;
  readonly style: ViewStyle;
}

function all(style: ViewStyle, types: Readonly<Record<string, string>>): readonly (readonly [string, FileType])[] {
  return Object.entries(types).flatMap(([mediaType, extensions]) =>
    extensions.split(' ').map(name => [name, { mediaType, style }] as const),
  );
}

/** What can be uploaded, by extension: V1's types, and documents and images beside them. */
const byExtension: ReadonlyMap<string, FileType> = new Map([
  ...all('lines', {
    'application/pdf': 'pdf',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
    'text/plain': 'txt text log',
    'application/json': 'json',
    'application/jsonl': 'jsonl',
    'text/csv': 'csv',
    'text/css': 'css',
    'text/x-scss': 'scss',
    'text/x-sass': 'sass',
    'text/x-less': 'less',
    'application/xml': 'xml',
    'text/x-yaml': 'yaml yml',
    'application/toml': 'toml',
    'text/x-ini': 'ini',
    'text/x-conf': 'cfg conf',
    'image/png': 'png',
    'image/jpeg': 'jpg jpeg',
    'image/gif': 'gif',
    'image/webp': 'webp',
  }),
  ...all('sentences', { 'text/markdown': 'md markdown' }),
  ...all('code', {
    'text/x-python': 'py',
    'text/javascript': 'js mjs cjs',
    'text/x-typescript': 'ts mts',
    'text/x-java-source': 'java',
    'text/x-c++': 'cpp cxx cc hpp',
    'text/x-c': 'c h',
    'text/x-csharp': 'cs',
    'text/x-php': 'php',
    'text/x-ruby': 'rb',
    'text/x-go': 'go',
    'text/x-rust': 'rs',
    'text/x-swift': 'swift',
    'text/x-kotlin': 'kt',
    'text/x-scala': 'scala',
    'text/x-r': 'r',
    'text/x-objective-c': 'm',
    'text/html': 'html htm',
    'text/x-vue': 'vue',
    'text/x-jsx': 'jsx',
    'text/x-tsx': 'tsx',
    'text/x-shellscript': 'sh bash',
    'text/x-powershell': 'ps1',
    'text/x-batch': 'bat cmd',
    'text/x-dockerfile': 'dockerfile',
    'text/x-sql': 'sql',
  }),
]);

/** Other names of these types. */
const aliases: ReadonlyMap<string, ViewStyle> = new Map([
  ['text/x-markdown', 'sentences'],
  ['application/x-jsonlines', 'lines'],
  ['application/x-ndjson', 'lines'],
  ['text/xml', 'lines'],
  ['application/x-yaml', 'lines'],
  ['application/yaml', 'lines'],
]);

const byMediaType: ReadonlyMap<string, ViewStyle> = new Map([
  ...[...byExtension.values()].map(({ mediaType, style }) => [mediaType, style] as const),
  ...aliases,
]);

/** The type of an upload: what the client says of it, where that is known here, else what its name says. `isSupported` = it can be read. */
export function uploadType(contentType: string, fileName: string): { readonly mediaType: string; readonly isSupported: boolean } {
  const said = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (byMediaType.has(said)) return { mediaType: said, isSupported: true };
  const named = byExtension.get(extensionOf(fileName));
  return named === undefined ? { mediaType: said, isSupported: false } : { mediaType: named.mediaType, isSupported: true };
}

/** How a file is numbered. */
export function viewStyleOf(fileType: string | null, fileName: string): ViewStyle {
  return byMediaType.get(fileType ?? '') ?? byExtension.get(extensionOf(fileName))?.style ?? 'lines';
}

function extensionOf(fileName: string): string {
  return /([^./\\]+)$/.exec(fileName.toLowerCase())?.[1] ?? '';
}
