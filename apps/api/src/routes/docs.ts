import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ApiDescription, describeApi, ROUTES } from '@pilotlight/contracts/http';
import express, { type RequestHandler } from 'express';
import manifest from '../../package.json' with { type: 'json' };
import { sendJson } from '../http/json-body.ts';
import type { Handlers } from '../http/register-routes.ts';
import { resource } from '../http/resource.ts';
import { pageHeaders } from '../http/security-headers.ts';

/** `GET /openapi.json`: the description of the api. */
export function getDescription(): Handlers {
  let description: ApiDescription | null = null;
  return [
    (_request, response) => {
      // Making it takes 0.1 s, so it is made for the first request and not at the start.
      description ??= describeApi(manifest.version);
      sendJson(response, 200, description);
    },
  ];
}

const PATH = ROUTES.openDocs.path;
const VIEWER = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
/** The files of the viewer that the page loads. */
const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pilotlight: HTTP API</title>
<link rel="stylesheet" href="${PATH}/swagger-ui.css">
<link rel="icon" type="image/png" href="${PATH}/favicon-32x32.png">
</head>
<body>
<div id="viewer"></div>
<script src="${PATH}/swagger-ui-bundle.js"></script>
<script src="${PATH}/start.js"></script>
</body>
</html>
`;

// Without a validator, the viewer sends the description to no other server.
const START = `SwaggerUIBundle({
  url: ${JSON.stringify(ROUTES.getDescription.path)},
  dom_id: '#viewer',
  validatorUrl: null,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
});
`;

/** `GET /docs`: a viewer for the description. Everything that it loads comes from this server. */
export function openDocs(): Handlers {
  const pages = express.Router();
  resource(pages, '/', { GET: [send('html', PAGE)] });
  resource(pages, '/start.js', { GET: [send('js', START)] });
  for (const file of ASSETS) {
    resource(pages, `/${file}`, { GET: [(_request, response) => response.sendFile(file, { root: VIEWER })] });
  }
  return [pageHeaders(), pages];
}

function send(type: string, text: string): RequestHandler {
  return (_request, response) => void response.type(type).send(text);
}
