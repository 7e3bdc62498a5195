import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import { schemas, topicDefinitions } from '#platform/contracts';
import type { SchemaName, TopicDefinition } from '#platform/contracts';

interface Document {
  channels: Record<string, { address: string; bindings: { kafka: { partitions: number } } }>;
  operations: Record<string, { action: string; channel: { $ref: string }; tags: { name: string }[] }>;
  components: { messages: Record<string, { payload: { schema: unknown } }> };
}

const text = readFileSync(join(import.meta.dirname, '../../docs/generated/asyncapi.yaml'), 'utf8');
const read = () => parse(text) as Document;
const document = read();
const live = (topicDefinitions as readonly TopicDefinition[]).filter(({ schema }) => schema !== null);

describe('the AsyncAPI document', () => {
  let validate: ValidateFunction;

  beforeAll(() => {
    const require = createRequire(import.meta.url);
    // The official JSON schema of AsyncAPI 3.0, with what it refers to inlined.
    const path = require.resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json');
    const schema = JSON.parse(readFileSync(path, 'utf8')) as object;
    validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  });

  it('is valid AsyncAPI 3.0', () => {
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('would not be with an operation that neither sends nor receives, or with a Kafka binding that does not exist', () => {
    const [operation] = Object.values(document.operations);
    expect(validate({ ...document, operations: { one: { ...operation, action: 'publish' } } })).toBe(false);
    const [channel] = Object.values(document.channels);
    const bindings = { kafka: { partitions: 'many' } };
    expect(validate({ ...document, channels: { one: { ...channel, bindings } } })).toBe(false);
  });

  it('refers to nothing that is not there', () => {
    const references = [...text.matchAll(/\$ref: "?#\/([^"\n]+)/g)].map(([, path = '']) => path);
    expect(references.length).toBeGreaterThan(50);
    for (const path of references) {
      const target = path
        .split('/')
        .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
      expect({ path, isThere: target !== undefined }).toEqual({ path, isThere: true });
    }
  });

  it('has a channel for every topic that has a schema, with the Avro schema of its events', () => {
    const addresses = Object.values(document.channels).map(({ address }) => address);
    expect(addresses).toEqual(live.map(({ topic, per }) => (per === 'installation' ? topic : `${topic}.{${per}}`)));
    const payloads = Object.values(document.components.messages).map(({ payload }) => payload.schema);
    expect(payloads).toEqual(live.map(({ schema }) => schemas[schema as SchemaName]));
  });

  it('has 12 partitions for what follows a content and one for everything else', () => {
    const partitions = Object.values(document.channels).map(({ bindings }) => bindings.kafka.partitions);
    expect(partitions).toEqual(live.map(({ copartitioned }) => (copartitioned ? 12 : 1)));
  });

  it('lets platforms send content and receive verdicts, and nothing else', () => {
    const ofPlatforms = Object.values(document.operations).filter(({ tags }) => tags[0]?.name === 'platforms');
    expect(ofPlatforms.map(({ action, channel }) => [action, channel.$ref])).toEqual([
      ['send', '#/channels/contentSubmitted'],
      ['receive', '#/channels/verdictIssued'],
    ]);
  });
});
