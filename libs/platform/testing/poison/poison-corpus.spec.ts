import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { codecOf, resolverFor, topicOf, unframe, validateContent, validateContentKey } from '#platform/contracts';
import type { Rejection, Resolution, ContentSubmitted } from '#platform/contracts';
import { poisonCorpus, soundContent } from './poison-corpus.js';
import type { Poison } from './poison-corpus.js';
import { widenedSchema, widenings } from './widened-schemas.js';
import type { Widening } from './widened-schemas.js';

const ids = {
  content: 1,
  foreign: 2,
  unknown: 99,
  widened: { nulls: 3, empties: 4, numbers: 5, tree: 6 } satisfies Record<Widening, number>,
};
const corpus = poisonCorpus(ids);
const { maxBytes } = topicOf('content.submitted');

const resolutions = new Map<number, Resolution<ContentSubmitted>>([
  [ids.content, resolverFor('content/submitted', codecOf('content/submitted').schema)],
  ...widenings.map((name) => [ids.widened[name], resolverFor('content/submitted', widenedSchema(name))] as const),
]);

/** The way of a record into the prediction, without a broker. */
function rejectionOf({ key, value }: Pick<Poison, 'key' | 'value'>): Rejection | null {
  const unframed = unframe(value, maxBytes);
  if (!unframed.ok) return unframed.rejection;
  const { schemaId, body } = unframed.frame;
  if (schemaId === ids.foreign) return { code: 'foreign_schema', detail: '' };
  const resolution = resolutions.get(schemaId);
  if (resolution === undefined) return { code: 'unknown_schema', detail: '' };
  if (!resolution.ok) return resolution.rejection;
  const rejection = resolution.guard(body);
  if (rejection !== null) return rejection;
  const content = resolution.decode(body);
  return validateContent(content) ?? validateContentKey(key, content);
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const heldBytes = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

describe('the poison corpus', () => {
  it.each(corpus.map((poison) => [poison.name, poison] as const))('%s is rejected for what it is', (_, poison) => {
    expect(rejectionOf(poison)?.code).toBe(poison.expected);
  });

  it('is rejected within 5 ms and 10 MiB each', () => {
    collectGarbage();
    for (const poison of corpus) {
      const before = heldBytes();
      // The best of three: the machine may be busy with something else, the poison may not.
      const times = [1, 2, 3].map(() => {
        const start = performance.now();
        rejectionOf(poison);
        return performance.now() - start;
      });
      const growth = heldBytes() - before;
      expect({ name: poison.name, isFast: Math.min(...times) < 5, isSmall: growth < 10 * 1_048_576 }).toEqual({
        name: poison.name,
        isFast: true,
        isSmall: true,
      });
    }
  });

  it('says where the fault is and quotes nothing of the record', () => {
    for (const poison of corpus) {
      const rejection = rejectionOf(poison);
      expect(rejection?.detail).not.toMatch(/photo|member-5|thread|xxx/);
      expect(rejection?.detail.length).toBeLessThan(200);
    }
    expect(rejectionOf(corpusEntry('a map of 200 M entries'))?.detail).toBe(
      'metadata: 200000000 items announced where 6 bytes remain (byte 120)',
    );
    expect(rejectionOf(corpusEntry('records 50,000 deep'))?.detail).toMatch(
      /^tree\.branches\[0\]\.branches\[0\].*\.\.\.: nested more than 64 deep/,
    );
  });

  it('has the same bytes on every call', () => {
    const sum = (poisons: readonly Poison[]) => {
      const hash = createHash('sha256');
      for (const { name, key, value } of poisons)
        hash
          .update(name)
          .update(key ?? 'null')
          .update(value ?? 'null');
      return hash.digest('hex');
    };
    expect(sum(poisonCorpus(ids))).toBe(sum(corpus));
  });

  it('leaves its sound neighbour alone', () => {
    const value = codecOf('content/submitted').encodeFramed(ids.content, soundContent);
    expect(rejectionOf({ key: Buffer.from('forum.example/thread/17/post/3'), value })).toBeNull();
  });
});

function corpusEntry(name: string): Poison {
  const entry = corpus.find((poison) => poison.name === name);
  if (entry === undefined) throw new Error(`no poison ${name}`);
  return entry;
}
