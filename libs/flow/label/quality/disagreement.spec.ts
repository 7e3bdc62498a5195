import { clusterDisagreement, type TextFeatures } from './disagreement.js';
import type { Vote } from '../resolution/vote.js';

/** Texts about a topic share its words; the last word is their own. */
function about(topic: number, own: number): TextFeatures {
  return { ids: [topic * 10, topic * 10 + 1, 1000 + own], values: [2, 2, 1] };
}

function votes(item: string, answers: Readonly<Record<string, Vote['answer']>>): Vote[] {
  return Object.entries(answers).map(([labeler, answer]) => ({ item, labeler, answer }));
}

const features = new Map(Array.from({ length: 30 }, (_, i) => [`i${i}`, about(i % 3, i)]));
const all: Vote[] = Array.from({ length: 30 }, (_, i) => {
  // Topic 0: two camps; topic 1: the same two people go both ways; topic 2: all agree.
  if (i % 3 === 0) return votes(`i${i}`, { anna: 'YES', ben: 'NO', [`guest-${i}`]: i % 2 === 0 ? 'YES' : 'NO' });
  if (i % 3 === 1) return votes(`i${i}`, { anna: i % 2 === 0 ? 'YES' : 'NO', ben: i % 2 === 0 ? 'NO' : 'YES' });
  return votes(`i${i}`, { anna: 'NO', ben: 'NO', carl: 'UNSURE' });
}).flat();

describe('clusters of disagreement', () => {
  const clusters = clusterDisagreement('q3', all, features);

  it('group the items on which people split by what they are about', () => {
    expect(clusters.map(({ items }) => new Set(items.map((item) => Number(item.slice(1)) % 3)))).toEqual([
      new Set([0]),
      new Set([1]),
    ]);
    expect(clusters.every(({ items }) => items.length === 10)).toBe(true);
  });

  it('tell two readings from people who waver, in a sentence', () => {
    expect(clusters[0]).toMatchObject({
      division: 'TWO_READINGS',
      yesCamp: ['anna'],
      noCamp: ['ben'],
      yes: 15,
      no: 15,
      summary: 'question q3 is read two ways, 10 examples',
    });
    expect(clusters[1]).toMatchObject({ division: 'WAVERING', summary: 'question q3 is hard to answer, 10 examples' });
  });

  it('claim neither when everybody voted once', () => {
    const once = Array.from({ length: 4 }, (_, i) => votes(`i${3 * i}`, { [`a${i}`]: 'YES', [`b${i}`]: 'NO' })).flat();
    expect(clusterDisagreement('q', once, features).map(({ division }) => division)).toEqual(['SPLIT']);
  });

  it('do not depend on the order of the votes, and leave out small groups and items without features', () => {
    expect(clusterDisagreement('q3', [...all].reverse(), features)).toEqual(clusters);
    expect(clusterDisagreement('q3', all.slice(0, 5), features)).toEqual([]);
    expect(clusterDisagreement('q3', all, new Map())).toEqual([]);
    expect(clusterDisagreement('q3', [], features)).toEqual([]);
  });
});
