import fs from 'node:fs';
import path from 'node:path';
import YAML from 'yaml';
import { accessByRole, cleanupOf, nameOf, partitionsOf } from './access.mjs';

const PARAMETERS = {
  channel: { description: 'An audience for verdicts, with its own policy.', examples: ['public', 'internal'] },
  app: { description: 'The app that rejected the records.', examples: ['prediction', 'warehouse'] },
};
const HEADERS = {
  type: 'object',
  properties: {
    traceparent: { type: 'string', description: 'W3C trace context.' },
    'tidegate-source': { type: 'string', description: 'topic/partition/offset of the record that caused this one.' },
    'tidegate-stage': { type: 'string', description: 'The app that wrote it.' },
    'tidegate-release': { type: 'string', description: 'Its release.' },
  },
};

/** docs/generated/asyncapi.yaml: AsyncAPI 3.0 over all topics that have a schema. */
export function asyncApi({ topics, schemas }, root) {
  const { version, description, license } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const live = topics.filter(({ schema }) => schema !== null);
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Tidegate',
      version,
      description: `${description}.\n\nPlatforms write content.submitted and subscribe to verdict.<channel>; every other topic is internal and may change with a release.`,
      license: { name: license },
    },
    defaultContentType: 'application/vnd.apache.avro+binary',
    servers: {
      embedded: {
        host: '127.0.0.1:9092',
        protocol: 'kafka',
        description: 'The embedded broker; KAFKA_BROKERS and SCHEMA_REGISTRY_URL name others.',
        bindings: {
          kafka: {
            schemaRegistryUrl: 'http://127.0.0.1:8081/apis/ccompat/v7',
            schemaRegistryVendor: 'confluent',
            bindingVersion: '0.5.0',
          },
        },
      },
    },
    channels: Object.fromEntries(live.map((topic) => [idOf(topic), channelOf(topic, schemas)])),
    operations: operationsOf(live, schemas),
    components: {
      messages: Object.fromEntries(live.map((topic) => [schemas[topic.schema].name, messageOf(topic, schemas, root)])),
    },
  };
  const text = YAML.stringify(document, { aliasDuplicateObjects: false, lineWidth: 120 });
  return `# Generated from avro/ by \`npm run generate\`. Do not edit.\n${text}`;
}

const camel = (name) => name.replace(/[.-](\w)/g, (_, letter) => letter.toUpperCase());
const idOf = ({ topic }) => camel(topic === 'verdict' ? 'verdict.issued' : topic);

function channelOf(topic, schemas) {
  const { name } = schemas[topic.schema];
  return {
    address: nameOf(topic).replace('<', '{').replace('>', '}'),
    description: topic.doc,
    ...(topic.per === 'installation' ? {} : { parameters: { [topic.per]: PARAMETERS[topic.per] } }),
    messages: { [name]: { $ref: `#/components/messages/${name}` } },
    bindings: {
      kafka: {
        partitions: partitionsOf(topic),
        topicConfiguration: {
          'cleanup.policy': cleanupOf(topic),
          'retention.ms': topic.retentionMs,
          'max.message.bytes': topic.maxBytes,
        },
        bindingVersion: '0.5.0',
      },
    },
    'x-class': topic.class,
  };
}

function operationsOf(topics, schemas) {
  const operations = {};
  for (const [role, { reads, writes }] of accessByRole(topics)) {
    const add = (topic, action, verb) => {
      const channel = { $ref: `#/channels/${idOf(topic)}` };
      const group = role === 'platforms' ? {} : { groupId: { type: 'string', enum: [role] } };
      operations[camel(`${role}-${verb}-${idOf(topic)}`)] = {
        action,
        channel,
        summary: `${role} ${verb}s ${nameOf(topic)}`,
        tags: [{ name: role }],
        messages: [{ $ref: `${channel.$ref}/messages/${schemas[topic.schema].name}` }],
        ...(action === 'receive' ? { bindings: { kafka: { ...group, bindingVersion: '0.5.0' } } } : {}),
      };
    };
    for (const topic of topics) {
      const own = topic.per === 'app' ? `${topic.topic}.${role}` : nameOf(topic);
      if (writes.includes(own)) add(topic, 'send', 'write');
      if (reads.includes(nameOf(topic))) add(topic, 'receive', 'read');
    }
  }
  return operations;
}

function messageOf(topic, schemas, root) {
  const schema = schemas[topic.schema];
  return {
    name: `${schema.namespace}.${schema.name}`,
    title: schema.name,
    summary: schema.doc,
    contentType: 'application/vnd.apache.avro+binary',
    headers: HEADERS,
    payload: { schemaFormat: 'application/vnd.apache.avro+json;version=1.9.0', schema },
    bindings: {
      kafka: {
        key: { type: 'string', description: `UTF-8: ${topic.key}.` },
        schemaIdLocation: 'payload',
        schemaIdPayloadEncoding: 'confluent',
        schemaLookupStrategy: 'TopicNameStrategy',
        bindingVersion: '0.5.0',
      },
    },
    ...examplesOf(topic.schema, root),
  };
}

/** The first example; none where the event holds bytes, which JSON cannot. */
function examplesOf(schemaName, root) {
  const [stage, event] = schemaName.split('/');
  const folder = path.join(root, 'avro', stage, 'examples', event);
  const [first] = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  if (first === undefined) return {};
  const text = fs.readFileSync(path.join(folder, first), 'utf8');
  if (text.includes('$bytes')) return {};
  return { examples: [{ name: first.replace('.json', ''), payload: JSON.parse(text) }] };
}
