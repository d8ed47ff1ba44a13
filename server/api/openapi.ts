import * as z from 'zod';
import { api } from '#contract/api.ts';
import { type Endpoint, takesKey } from '#contract/endpoints/endpoint.ts';
import { errorCodes, Problem } from '#contract/errors.ts';
import { getOperation, OperationName } from '#contract/operations/index.ts';
import { Instance } from '#contract/resources/instance.ts';
import { Operation } from '#contract/resources/operation.ts';

type Json = Record<string, unknown>;

/** OpenAPI 3.1 of everything in the contract. */
export function createOpenApi(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const [name, endpoint] of Object.entries<Endpoint>(api)) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: toOperationObject(name, endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Guestboard',
      version,
      description:
        'A control plane for databases. Lists are cursor pages; errors are problem documents (RFC 9457) with a `code`. A write from a page carries its Origin; a program sends a token.',
    },
    security: [{ token: [] }],
    tags: [...new Set(Object.values<Endpoint>(api).map(toTag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'An API token, gb_…, made on the tokens page.' } },
      schemas: { Problem: toSchema(Problem, 'output'), Instance: toSchema(Instance, 'output'), Operation: toSchema(Operation, 'output') },
    },
  };
}

function toOperationObject(operationId: string, endpoint: Endpoint): Json {
  const parameters = [
    ...[...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...describeQuery(endpoint.query),
    ...(takesKey(endpoint) && endpoint.action !== null ? [idempotencyKey] : []),
  ];
  return {
    operationId,
    tags: [toTag(endpoint)],
    summary: endpoint.summary,
    description: endpoint.action === null ? 'Open to anyone.' : `Needs the right \`${endpoint.action}\`.`,
    ...(endpoint.action === null ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(endpoint.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: describeBody(operationId, endpoint.body) } } } }
      : {}),
    responses: { [endpoint.status]: describeAnswer(endpoint), default: problem },
  };
}

/** What may be asked of an instance has an input of its own for each name. */
function describeBody(operationId: string, body: z.ZodType): Json {
  const schema = toSchema(body, 'input');
  if (operationId !== 'startOperation') return schema;
  const asked = OperationName.options.filter((name) => getOperation(name).subject === 'instance');
  const oneOf = asked.map((name) => {
    const { title, input } = getOperation(name);
    return { title, properties: { name: { const: name }, input: toSchema(input, 'input') } };
  });
  return { ...schema, oneOf };
}

function describeAnswer({ output, status }: Endpoint): Json {
  if (status === 204) return { description: 'Done.' };
  const isText = output instanceof z.ZodString;
  return {
    description: status === 202 ? 'Accepted; the operation tells how it goes on.' : 'The answer.',
    content: { [isText ? 'text/plain' : 'application/json']: { schema: toSchema(output, 'output') } },
  };
}

function describeQuery(query: z.ZodObject | undefined): Json[] {
  if (!query) return [];
  const schema = toSchema(query, 'input') as { properties?: Record<string, unknown>; required?: string[] };
  return Object.entries(schema.properties ?? {}).map(([name, each]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    schema: each,
  }));
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' });
  return rest;
}

function toTag({ path }: Endpoint): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== 'api' && !part.startsWith('{'));
  const [noun = 'api', inner] = parts;
  return noun === 'instances' && inner !== undefined && inner !== 'operations' ? inner : noun;
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'The same key gives the same answer for 24 hours instead of starting again; where the answer was lost with its server, it is made again from what was started.',
  schema: { type: 'string', maxLength: 200 },
};

const problem = {
  description: `A problem. Codes: ${Object.keys(errorCodes).join(', ')}.`,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};
