// OpenAPI 3.1 from the contract.
import { z } from 'zod';
import { contract } from './contract.ts';
import type { Access, Route } from './route.ts';
import { problem } from './shapes.ts';

type Json = Record<string, unknown>;

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
};

function parametersOf({ params, query, idempotent }: Route): Json[] {
  const named = (of: z.ZodObject | undefined, place: string): Json[] => {
    if (!of) return [];
    const { properties = {}, required = [] } = schemaOf(of, 'input') as { properties?: Json; required?: string[] };
    return Object.entries(properties).map(([name, schema]) => ({
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      schema,
    }));
  };
  const key = { name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', maxLength: 200 } };
  return [...named(params, 'path'), ...named(query, 'query'), ...(idempotent ? [key] : [])];
}

function bodyOf({ body, form }: Route): Json {
  if (body) return { requestBody: { content: { 'application/json': { schema: schemaOf(body, 'input') } } } };
  if (!form) return {};
  const fields = schemaOf(form.fields, 'input') as { properties?: Json; required?: string[] };
  const file = { type: 'string', contentMediaType: 'application/octet-stream' };
  const files = form.files === 'one' ? file : { type: 'array', items: file, minItems: 1 };
  const schema = {
    ...fields,
    properties: { ...fields.properties, file: files },
    required: [...(fields.required ?? []), 'file'],
  };
  return { requestBody: { required: true, content: { 'multipart/form-data': { schema } } } };
}

function answersOf(route: Route): Json {
  const { answer } = route;
  const status: number = route.status ?? 200;
  const problems = {
    description: 'A problem',
    content: { 'application/problem+json': { schema: schemaOf(problem, 'output') } },
  };
  if (status === 204) return { 204: { description: 'Done' }, default: problems };
  const content =
    answer instanceof z.ZodType
      ? { 'application/json': { schema: schemaOf(answer, 'output') } }
      : { [answer.bytes]: {} };
  return { [status]: { description: 'Done', content }, default: problems };
}

export const mayText = (may: Access): string =>
  may === 'anyone' ? 'everybody' : may === 'signed-in' ? 'everybody who is signed in' : may.join(', ');

export function openApi(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const [name, route] of Object.entries(contract) as [string, Route][]) {
    const parameters = parametersOf(route);
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: {
        operationId: name,
        summary: route.summary,
        description: `May: ${mayText(route.may)}.`,
        tags: [route.tag],
        ...(parameters.length > 0 ? { parameters } : {}),
        ...bodyOf(route),
        responses: answersOf(route),
        security: route.may === 'anyone' ? [] : [{ key: [] }, { session: [] }],
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Outbox',
      version,
      description: 'Documents to customers by email and fax. docs/api.md leads through it.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'API key' },
        session: { type: 'apiKey', in: 'cookie', name: 'outbox' },
      },
    },
  };
}
