type Schema = { [key: string]: unknown; properties?: Record<string, Schema>; required?: string[] };
type Operation = {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  parameters?: { name: string; in: string; required: boolean; description?: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
};
type Document = { info: { title: string; version: string; description: string }; paths: Record<string, Record<string, Operation>> };

/** The browsable reference: one page made from the OpenAPI document, without a script and without the open internet. */
export function renderReference(document: unknown, publicUrl: string): string {
  const { info, paths } = document as Document;
  const entries = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const tags = [...new Set(entries.map((entry) => entry.operation.tags[0] ?? ''))];
  const contents = tags.map((tag) => `<li><a href="#${toHtml(tag)}">${toHtml(tag)}</a></li>`).join('');
  const sections = tags.map((tag) => {
    const own = entries.filter((entry) => entry.operation.tags[0] === tag);
    return `<section id="${toHtml(tag)}"><h2>${toHtml(tag)}</h2>${own.map(renderEntry).join('')}</section>`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${toHtml(info.title)} API</title><style>${style}</style></head><body>
<nav aria-label="Contents"><p><a href="/">Guestboard</a></p><ul>${contents}</ul></nav>
<main><h1>${toHtml(info.title)} API ${toHtml(info.version)}</h1><p>${withCode(info.description)}</p>
<p>The document behind this page: <a href="/api/openapi.json">/api/openapi.json</a> (OpenAPI 3.1).</p>
<pre>curl -H "Authorization: Bearer $TOKEN" ${toHtml(publicUrl)}/api/instances</pre>
${sections.join('\n')}</main></body></html>`;
}

function renderEntry({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  const parameters = (operation.parameters ?? []).map(
    (parameter) =>
      `<tr><td><code>${toHtml(parameter.name)}</code></td><td>${toHtml(parameter.in)}${parameter.required ? ', required' : ''}</td><td><code>${toHtml(toWords(parameter.schema))}</code></td></tr>`,
  );
  const body = operation.requestBody?.content['application/json']?.schema;
  const [status = '', answer] = Object.entries(operation.responses)[0] ?? [];
  const schema = Object.values(answer?.content ?? {})[0]?.schema;
  return `<article id="${toHtml(operation.operationId)}"><h3><span class="method">${method}</span> <code>${toHtml(path)}</code></h3>
<p>${toHtml(operation.summary)}. ${withCode(operation.description)}</p>
${parameters.length > 0 ? `<table><caption>Parameters</caption>${parameters.join('')}</table>` : ''}
${body ? renderSchema('Body', body) : ''}${renderSchema(`Answer ${status}`, schema)}</article>`;
}

function renderSchema(title: string, schema: Schema | undefined): string {
  if (!schema) return '';
  return `<details><summary>${toHtml(title)}: <code>${toHtml(toWords(schema))}</code></summary><pre tabindex="0">${toHtml(JSON.stringify(schema, null, 2))}</pre></details>`;
}

function toWords(schema: Schema): string {
  if (schema.properties) return `{ ${Object.keys(schema.properties).join(', ')} }`;
  if (Array.isArray(schema.enum)) return schema.enum.map(String).join(' | ');
  const union = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(union)) return union.map((each: Schema) => toWords(each)).join(' | ');
  return String(schema.type ?? 'any');
}

function withCode(text: string): string {
  return toHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

function toHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const style = `:root{color-scheme:light dark;accent-color:#4f46e5;font:15px/1.5 system-ui,sans-serif}body{margin:0;display:flex}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1rem 1.5rem;box-sizing:border-box;min-width:13rem}nav ul{list-style:none;padding:0}
main{padding:1rem 2rem;max-width:60rem;min-width:0;flex:1}a{color:light-dark(#4f46e5,#a5b4fc)}article{border-top:1px solid color-mix(in srgb,currentColor 20%,transparent);padding:.5rem 0}
h3{font-size:1rem;overflow-wrap:anywhere}.method{display:inline-block;min-width:4.5rem;font-weight:700}code,pre{font:13px/1.45 ui-monospace,monospace}
pre{overflow:auto;padding:.75rem;background:color-mix(in srgb,currentColor 7%,transparent);max-height:24rem}
table{border-collapse:collapse}td{padding:.15rem 1rem .15rem 0;vertical-align:top}caption{text-align:left;font-weight:600}
summary{cursor:pointer;overflow-wrap:anywhere}@media(max-width:700px){body{display:block}nav{position:static;height:auto}}`;
