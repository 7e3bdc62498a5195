import { applyDecorators } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  ApiResponse,
  DocumentBuilder,
  SwaggerModule,
  type ApiResponseOptions,
  type OpenAPIObject,
} from '@nestjs/swagger';
import { z } from 'zod';
import { moderationRequestSchema, moderationResponseSchema } from '../moderation/moderation-request.js';
import { acceptedSchema, batchSchema, itemSchema } from '../submission/content-request.js';
import { erasedSchema } from '../submission/erase.js';
import { appealSchema, reportedSchema, reportSchema } from '../submission/report.js';
import { storedVerdictsSchema, verdictSchema } from '../verdicts/verdict-view.js';
import { problems, type ProblemCode } from './problem.js';

const problemSchema = z
  .object({
    type: z.string().meta({ description: 'urn:tidegate:problem:<code>' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
    accepted: acceptedSchema.shape.accepted
      .optional()
      .meta({ description: 'What a batch accepted in spite of the problem. Repeating the call does not double it.' }),
  })
  .meta({
    id: 'Problem',
    title: 'RFC 9457 problem document',
    examples: [
      {
        type: 'urn:tidegate:problem:invalid_request',
        title: problems.invalid_request.title,
        status: 400,
        detail: '/items/3/text: Invalid input: expected string, received number.',
        errors: [{ pointer: '/items/3/text', detail: 'Invalid input: expected string, received number.' }],
      },
    ],
  });

const openAiErrorSchema = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.enum(['invalid_request_error', 'rate_limit_exceeded', 'server_error']),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .meta({
    id: 'OpenAiError',
    examples: [
      {
        error: {
          message: 'input: You must provide the input parameter.',
          type: 'invalid_request_error',
          param: 'input',
          code: null,
        },
      },
    ],
  });

/** Requests are described as they are sent (defaults may be left out), answers as they arrive. */
const requestSchemas = [itemSchema, batchSchema, reportSchema, appealSchema, moderationRequestSchema];
const answerSchemas = [
  acceptedSchema,
  reportedSchema,
  erasedSchema,
  verdictSchema,
  storedVerdictsSchema,
  moderationResponseSchema,
  problemSchema,
  openAiErrorSchema,
];

/** OpenAPI 3.1 of the whole gateway; schemas come from those that check the requests. */
export function describeGateway(app: NestFastifyApplication, release: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Tidegate gateway')
    .setDescription(
      'Publish content, read verdicts, report, appeal and erase. Every call belongs to the platform of its key. ' +
        'Errors are RFC 9457 problem documents; /v1/moderations answers errors as OpenAI does.',
    )
    .setVersion(release)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'API key tg_<id>_<secret>, or an OpenID Connect token' },
      'key',
    )
    .addSecurityRequirements('key')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  document.components ??= {};
  document.components.schemas = {
    ...document.components.schemas,
    ...componentsOf(requestSchemas, 'input'),
    ...componentsOf(answerSchemas, 'output'),
  };
  for (const [path, operations] of Object.entries(document.paths)) {
    if (operations.get !== undefined && !path.startsWith('/v1/')) operations.get.security = [];
  }
  return document;
}

/** Serves the document at /openapi.json and a page for people at /docs. */
export function serveOpenApi(app: NestFastifyApplication, document: OpenAPIObject): void {
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', raw: ['json'] });
}

export function schemaRef(id: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${id}` };
}

/** Describes the problems that an endpoint answers; one status may stand for several codes. */
export function describeProblems(
  codes: readonly ProblemCode[],
  schema: 'Problem' | 'OpenAiError' = 'Problem',
): MethodDecorator {
  const byStatus = new Map<number, string[]>();
  for (const code of codes) {
    const { status, title } = problems[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), title]);
  }
  const type = schema === 'Problem' ? 'application/problem+json' : 'application/json';
  const answers = [...byStatus].map(([status, titles]): ApiResponseOptions => ({
    status,
    description: titles.join('; or: '),
    content: { [type]: { schema: schemaRef(schema) } },
    ...(status === 429 || status === 503
      ? { headers: { 'retry-after': { description: 'Seconds', schema: { type: 'integer' } } } }
      : {}),
  }));
  return applyDecorators(...answers.map((answer) => ApiResponse(answer)));
}

type Components = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

function componentsOf(schemas: readonly z.ZodType[], io: 'input' | 'output'): Components {
  const registry = z.registry<{ id?: string | undefined }>();
  for (const schema of schemas) registry.add(schema, { id: z.globalRegistry.get(schema)?.id });
  const described = z.toJSONSchema(registry, { io, uri: (id) => schemaRef(id).$ref });
  return Object.fromEntries(
    Object.entries(described.schemas).map(([id, schema]) => {
      const kept = Object.entries(schema).filter(([name]) => !['$schema', '$id', 'id'].includes(name));
      return [id, Object.fromEntries(kept)];
    }),
  );
}
