import type { Page } from '../outbound/fetch-page.js';

const htmlTypes: readonly string[] = ['text/html', 'application/xhtml+xml'];

/** What is used of the DOM, whose own types belong to browsers. */
interface HtmlElement {
  readonly innerHTML: string;
  readonly textContent: string;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  remove(): void;
}
interface HtmlDocument {
  readonly body: HtmlElement;
  querySelectorAll(selector: string): Iterable<HtmlElement>;
}

/** What a page says, for a model to read: the article of an HTML page as Markdown, anything else as it is. */
export async function pageToMarkdown(page: Page): Promise<string> {
  const text = decodePage(page);
  return isHtml(page) ? htmlToMarkdown(text, page.url) : text;
}

export function isHtml({ contentType }: Page): boolean {
  return htmlTypes.includes(contentType);
}

/** The libraries are loaded with the first page: most servers never read one. */
async function htmlToMarkdown(html: string, url: string): Promise<string> {
  const [{ Readability }, { parseHTML }, { default: TurndownService }] = await Promise.all([
    import('@mozilla/readability'),
    import('linkedom'),
    import('turndown'),
  ]);
  const parse = (text: string): HtmlDocument => {
    const isWhole = /<html[\s>]/i.test(text);
    return (parseHTML(isWhole ? text : `<html><head></head><body>${text}</body></html>`) as unknown as { document: HtmlDocument }).document;
  };
  const document = parse(html);
  resolveLinks(document, url);
  const title = [...document.querySelectorAll('head > title, body > title')][0]?.textContent.trim() ?? '';
  const turndown = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' });
  const toMarkdown = (markup: string): string => turndown.turndown(markup).trim();
  const whole = bodyWithoutCode(document);
  const article = new Readability(document).parse();
  const heading = article?.title?.trim() || title;
  // A page that is no article has its words all the same.
  const body = toMarkdown(article?.content ?? '') || toMarkdown(whole);
  return heading === '' || body.startsWith(`# ${heading}`) ? body : `# ${heading}\n\n${body}`.trim();
}

function bodyWithoutCode(document: HtmlDocument): string {
  for (const element of document.querySelectorAll('title, script, style, noscript, template, iframe')) element.remove();
  return document.body.innerHTML;
}

/** What the model reads has no address that relative links could start from. */
function resolveLinks(document: HtmlDocument, url: string): void {
  for (const [selector, name] of [
    ['a[href]', 'href'],
    ['img[src]', 'src'],
  ] as const) {
    for (const element of document.querySelectorAll(selector)) {
      const target = element.getAttribute(name) ?? '';
      if (URL.canParse(target, url)) element.setAttribute(name, new URL(target, url).href);
    }
  }
}

/** By the header, else by what the page says of itself. */
export function decodePage({ body, charset }: Page): string {
  const declared = charset ?? /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(body.subarray(0, 2048).toString('latin1'))?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(declared).decode(body);
  } catch {
    // A charset that nobody knows.
    return new TextDecoder().decode(body);
  }
}
