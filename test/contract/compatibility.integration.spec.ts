import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = join(import.meta.dirname, '../../scripts/check-compatibility.mjs');

interface Field {
  name: string;
  type: unknown;
  default?: unknown;
  aliases?: string[];
}
interface Schema {
  type: 'record';
  name: string;
  aliases?: string[];
  fields: Field[];
}

const original = (): Schema => ({
  type: 'record',
  name: 'Thing',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'count', type: 'int', default: 1 },
    { name: 'colour', type: { type: 'enum', name: 'Colour', symbols: ['RED', 'GREEN'], default: 'RED' } },
    { name: 'note', type: ['null', 'string'], default: null },
    {
      name: 'parts',
      type: {
        type: 'array',
        items: { type: 'record', name: 'Part', fields: [{ name: 'size', type: ['null', 'double'], default: null }] },
      },
    },
    { name: 'madeAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
  ],
});

let root: string;
const git = (...args: string[]) => {
  execFileSync('git', ['-C', root, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
    stdio: 'ignore',
  });
};
const write = (schema: Schema) => {
  writeFileSync(join(root, 'avro/stage/thing.avsc'), JSON.stringify(schema));
};
const commit = () => {
  git('add', '-A');
  git('commit', '--allow-empty', '-m', 'a change');
};
const check = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--root', root, ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};
const checkChange = (change: (schema: Schema) => void) => {
  const schema = original();
  change(schema);
  write(schema);
  return check('--against', 'HEAD');
};
const fieldOf = (schema: Schema, name: string): Field => {
  const field = schema.fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new Error(`no field ${name}`);
  return field;
};

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tidegate-compatibility-'));
  mkdirSync(join(root, 'avro/stage'), { recursive: true });
  git('init', '-q');
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

describe('the compatibility check', () => {
  it('says why it has nothing to compare with', () => {
    write(original());
    expect(check()).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/not checked: there is no HEAD\^/) as string,
    });
    rmSync(join(root, 'avro/stage/thing.avsc'));
    writeFileSync(join(root, 'README.md'), 'first');
    commit();
    write(original());
    commit();
    expect(check()).toMatchObject({ status: 0, stdout: expect.stringMatching(/HEAD\^ has no schemas/) as string });
  });

  it('fails on a ref that does not exist, rather than passing', () => {
    expect(check('--against', 'nowhere')).toMatchObject({ status: 2 });
  });

  it('compares with the parent by default', () => {
    commit();
    expect(check()).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^1 schemas read what HEAD\^/) as string,
    });
  });

  it.each<[string, (schema: Schema) => void]>([
    ['nothing', () => undefined],
    ['a doc', (schema) => Object.assign(schema, { doc: 'More words.' })],
    [
      'a field with a default',
      ({ fields }) => fields.push({ name: 'tags', type: { type: 'map', values: 'string' }, default: {} }),
    ],
    [
      'another enum symbol',
      (schema) =>
        (fieldOf(schema, 'colour').type = {
          type: 'enum',
          name: 'Colour',
          symbols: ['RED', 'GREEN', 'BLUE'],
          default: 'RED',
        }),
    ],
    ['a wider number', (schema) => (fieldOf(schema, 'count').type = 'long')],
    ['an optional field', (schema) => Object.assign(fieldOf(schema, 'id'), { type: ['null', 'string'] })],
    ['a field without its optional part', ({ fields }) => fields.splice(3, 1)],
    [
      'a new name with the old one as alias',
      (schema) => Object.assign(fieldOf(schema, 'id'), { name: 'key', aliases: ['id'] }),
    ],
  ])('lets %s pass', (_, change) => {
    expect(checkChange(change)).toMatchObject({ status: 0, stderr: '' });
  });

  it.each<[string, (schema: Schema) => void, RegExp]>([
    [
      'a field without a default',
      ({ fields }) => fields.push({ name: 'weight', type: 'int' }),
      /thing\.avsc: weight: is new without a default/,
    ],
    ['another type', (schema) => (fieldOf(schema, 'id').type = 'int'), /id: was string, is int/],
    ['a narrower number', (schema) => (fieldOf(schema, 'madeAt').type = 'int'), /madeAt: was long, is int/],
    [
      'another name',
      (schema) => (fieldOf(schema, 'id').name = 'key'),
      /key: is new without a default.*\n.*id: is gone/,
    ],
    ['a lost field', ({ fields }) => fields.splice(5, 1), /madeAt: is gone; roles of the last release need it/],
    [
      'a lost enum symbol',
      (schema) => (fieldOf(schema, 'colour').type = { type: 'enum', name: 'Colour', symbols: ['RED'], default: 'RED' }),
      /colour: symbol GREEN is gone/,
    ],
    ['a renamed record', (schema) => (schema.name = 'Object'), /the schema: was named Thing, is Object/],
    ['another default', (schema) => (fieldOf(schema, 'count').default = 2), /count: the default was 1, is 2/],
    ['a lost default', (schema) => delete fieldOf(schema, 'note').default, /note: the default was null, is gone/],
    [
      'a required field that was optional',
      (schema) => Object.assign(fieldOf(schema, 'note'), { type: 'string', default: '' }),
      /note: was null, is string/,
    ],
    [
      'a lost logical type',
      (schema) => (fieldOf(schema, 'madeAt').type = 'long'),
      /madeAt: was long|madeAt: logical type was timestamp-millis, is none/,
    ],
    [
      'a change in a nested record',
      (schema) =>
        (fieldOf(schema, 'parts').type = {
          type: 'array',
          items: { type: 'record', name: 'Part', fields: [{ name: 'size', type: ['null', 'string'], default: null }] },
        }),
      /parts\.\[\]\.size: no branch reads double/,
    ],
  ])('refuses %s', (_, change, message) => {
    const { status, stderr } = checkChange(change);
    expect(stderr).toMatch(message);
    expect(status).toBe(1);
  });

  it('refuses a schema that is gone', () => {
    rmSync(join(root, 'avro/stage/thing.avsc'));
    expect(check('--against', 'HEAD')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/thing\.avsc: is gone/) as string,
    });
  });
});
