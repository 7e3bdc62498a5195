import { seededRandom } from '../quality/seeded-random.js';
import type { Vote } from './vote.js';

const { floor } = Math;

export interface SimulatedVotes {
  readonly votes: readonly Vote[];
  readonly truth: ReadonlyMap<string, boolean>;
}

export interface SimulationSettings {
  readonly seed: number;
  readonly items: number;
  readonly labelers: number;
  readonly prevalence: number;
  readonly lazyShare: number;
  /** Of people who are not lazy. */
  readonly sensitivity: number;
  readonly specificity: number;
  /** How often lazy people say yes, whatever the item. */
  readonly lazyYes: number;
}

/** Three votes per item, dealt so that everybody gets the same number of items and nobody the same item twice. */
export function simulateVotes(settings: SimulationSettings): SimulatedVotes {
  const random = seededRandom(settings.seed);
  const names = Array.from({ length: settings.items }, (_, i) => `item-${i}`);
  const truth = new Map(names.map((item) => [item, random() < settings.prevalence]));
  const isLazy = Array.from({ length: settings.labelers }, (_, w) => w < settings.lazyShare * settings.labelers);
  const votes: Vote[] = [];
  let deck: number[] = [];
  for (const item of names) {
    const asked = new Set<number>();
    while (asked.size < 3) {
      if (deck.length === 0) deck = shuffled(settings.labelers, random);
      const labeler = deck.pop() ?? 0;
      if (asked.has(labeler)) continue;
      asked.add(labeler);
      const honest = truth.get(item) === true ? settings.sensitivity : 1 - settings.specificity;
      const yes = random() < (isLazy[labeler] === true ? settings.lazyYes : honest);
      votes.push({ item, labeler: `labeler-${labeler}`, answer: yes ? 'YES' : 'NO' });
    }
  }
  return { votes, truth };
}

function shuffled(size: number, random: () => number): number[] {
  const order = Array.from({ length: size }, (_, i) => i);
  for (let i = size - 1; i > 0; i -= 1) {
    const other = floor(random() * (i + 1));
    [order[i], order[other]] = [order[other] ?? 0, order[i] ?? 0];
  }
  return order;
}

export interface ResolutionScore {
  readonly f1: number;
  readonly brier: number;
  /** Mean probability: what the resolution believes the prevalence to be. */
  readonly prevalence: number;
}

export function scoreResolution(
  probabilities: ReadonlyMap<string, number>,
  truth: ReadonlyMap<string, boolean>,
): ResolutionScore {
  let hits = 0;
  let claimed = 0;
  let positives = 0;
  let squares = 0;
  let sum = 0;
  for (const [item, isTrue] of truth) {
    const q = probabilities.get(item) ?? 0;
    if (isTrue) positives += 1;
    if (q > 0.5) claimed += 1;
    if (q > 0.5 && isTrue) hits += 1;
    squares += (q - (isTrue ? 1 : 0)) ** 2;
    sum += q;
  }
  return { f1: (2 * hits) / (claimed + positives), brier: squares / truth.size, prevalence: sum / truth.size };
}

/** Share of yes among the votes of each item. */
export function voteShares(votes: readonly Vote[]): Map<string, number> {
  const counts = new Map<string, { yes: number; all: number }>();
  for (const { item, answer } of votes) {
    const { yes, all } = counts.get(item) ?? { yes: 0, all: 0 };
    counts.set(item, { yes: yes + (answer === 'YES' ? 1 : 0), all: all + 1 });
  }
  return new Map([...counts].map(([item, { yes, all }]) => [item, yes / all]));
}
