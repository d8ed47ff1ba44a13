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
  const contents = tags.map((tag) => `<li><a href="#${toHtml(tag)}">${toHtml(toTitle(tag))}</a></li>`).join('');
  const sections = tags.map((tag) => {
    const own = entries.filter((entry) => entry.operation.tags[0] === tag);
    return `<section id="${toHtml(tag)}"><h2>${toHtml(toTitle(tag))}</h2>${own.map(renderEntry).join('')}</section>`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${toHtml(info.title)} API</title><style>${style}</style></head><body>
<nav aria-label="Contents"><p><a href="/">← Guestboard</a></p><ul>${contents}</ul></nav>
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

/** `datastore-versions` as a heading. */
function toTitle(tag: string): string {
  return tag.charAt(0).toUpperCase() + tag.slice(1).replaceAll('-', ' ');
}

function withCode(text: string): string {
  return toHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

function toHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const style = `:root{color-scheme:light dark;accent-color:#4f46e5;--page:light-dark(#f7f8fa,#0b0d12);--panel:light-dark(#fff,#11141b);
--line:light-dark(#e2e5eb,#222833);--text:light-dark(#14171f,#e7eaf0);--muted:light-dark(#4d5565,#a7b0c0);--accent:light-dark(#4f46e5,#a5b4fc);
font:13px/1.5 ui-sans-serif,system-ui,sans-serif;background:var(--page);color:var(--text);scroll-padding-top:1rem}
body{margin:0;display:flex}a{color:var(--accent);text-underline-offset:2px}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:12px 16px;box-sizing:border-box;width:216px;flex:none;border-right:1px solid var(--line)}
nav p{margin:0 8px 12px;font-weight:600}nav ul{list-style:none;margin:0;padding:0}nav a{text-decoration:none}
nav li a{display:block;padding:4px 8px;border-radius:6px;color:var(--muted)}nav li a:hover{background:var(--line);color:var(--text)}
main{padding:24px;max-width:960px;min-width:0;flex:1}main>p{max-width:720px;color:var(--muted)}
h1{font-size:20px;font-weight:600;margin:0 0 8px}h2{font-size:16px;font-weight:600;margin:32px 0 8px}
article{border:1px solid var(--line);border-radius:8px;background:var(--panel);padding:12px 16px;margin:0 0 8px}
h3{display:flex;gap:8px;align-items:baseline;font-size:13px;font-weight:500;margin:0;overflow-wrap:anywhere}article>p{margin:4px 0 8px;color:var(--muted)}
.method{flex:none;width:56px;font:600 12px/1.5 ui-monospace,monospace;color:var(--accent)}code,pre{font:12px/1.5 ui-monospace,monospace}
pre{overflow:auto;margin:8px 0;padding:12px;border:1px solid var(--line);border-radius:6px;background:var(--page);max-height:384px}
table{border-collapse:collapse;margin:0 0 4px}td{padding:2px 16px 2px 0;vertical-align:top}caption{text-align:left;color:var(--muted)}
summary{cursor:pointer;padding:4px 0;overflow-wrap:anywhere}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media(max-width:700px){body{display:block}nav{position:static;width:auto;height:auto;border-right:0;border-bottom:1px solid var(--line)}nav ul{columns:2}main{padding:16px}}`;
