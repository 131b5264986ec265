import { Router } from 'express';
import type { Route } from '../contract/route.js';
import type { MountedRoute } from './mount-route.js';
import { openApiDocument } from './openapi.js';

/** `/openapi.json`, and `/docs`: a plain page of the operations, without scripts. */
export function createDocsRouter(routes: readonly MountedRoute[], version: string): Router {
  const router = Router();
  const contracts = routes.map(mounted => mounted.route);
  let document: object | null = null;
  router.get('/openapi.json', (_request, response) => {
    document ??= openApiDocument(contracts, version);
    response.json(document);
  });
  router.get('/docs', (_request, response) => {
    response.type('html').send(docsPage(contracts, version));
  });
  return router;
}

function docsPage(routes: readonly Route[], version: string): string {
  const tags = [...new Set(routes.map(route => route.tag))];
  const sections = tags.map(tag => {
    const rows = routes
      .filter(route => route.tag === tag)
      .map(
        route => `<tr><td><code>${route.method.toUpperCase()}</code></td><td><code>${route.path}</code></td><td>${route.summary}</td></tr>`,
      );
    return `<h2>${tag}</h2><table>${rows.join('')}</table>`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Perdura API</title>
<style>body{font:16px system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}td{padding:.2rem .8rem .2rem 0;vertical-align:top}</style></head>
<body><h1>Perdura ${version}</h1><p>The machine-readable description is at <a href="/openapi.json">/openapi.json</a>.</p>${sections.join('')}</body></html>`;
}
