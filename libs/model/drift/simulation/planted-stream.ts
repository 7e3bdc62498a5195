/** Contents of one window of a made-up stream. */
export interface PlantedContent {
  readonly language: string;
  /** By category. */
  readonly logits: readonly number[];
  /** What people would say, by category. */
  readonly labels: readonly boolean[];
}

/** What a window is made of; the calibration is right unless something is injected. */
export interface PlantedWorld {
  readonly languages: Readonly<Record<string, number>>;
  readonly categories: readonly {
    /** Share of contents that the category is about, and where their logits lie. */
    readonly share: number;
    readonly positives: { readonly mean: number; readonly deviation: number };
    readonly others: { readonly mean: number; readonly deviation: number };
  }[];
}

export const PLANTED_WORLD: PlantedWorld = {
  languages: { en: 0.7, pt: 0.2, de: 0.1 },
  categories: [
    { share: 0.08, positives: { mean: 1, deviation: 1.5 }, others: { mean: -4, deviation: 1.2 } },
    { share: 0.02, positives: { mean: 0.5, deviation: 1.5 }, others: { mean: -5.5, deviation: 1.5 } },
  ],
};

/** What happens to a window (drift 5.3). */
export type Injection =
  | { readonly kind: 'NONE' }
  /** Other shares of languages. */
  | { readonly kind: 'LANGUAGE_MIX'; readonly languages: Readonly<Record<string, number>> }
  /** Logits of one language move; labels stay. */
  | { readonly kind: 'SCORE_SHIFT'; readonly language: string; readonly by: number }
  /** People answer otherwise than before for a share of the contents; scores stay. */
  | { readonly kind: 'LABEL_FLIP'; readonly share: number };

/** Draws the contents of a window. Labels are drawn by the sigmoid of the logit before anything is injected. */
export function plantWindow(
  contents: number,
  world: PlantedWorld,
  injection: Injection,
  random: () => number,
): readonly PlantedContent[] {
  const shares = Object.entries(injection.kind === 'LANGUAGE_MIX' ? injection.languages : world.languages);
  return Array.from({ length: contents }, () => {
    const language = pick(shares, random());
    const shift = injection.kind === 'SCORE_SHIFT' && injection.language === language ? injection.by : 0;
    const logits = world.categories.map(({ share, positives, others }) => {
      const { mean, deviation } = random() < share ? positives : others;
      return mean + deviation * gaussian(random);
    });
    const labels = logits.map((logit) => {
      const label = random() < 1 / (1 + Math.exp(-logit));
      return injection.kind === 'LABEL_FLIP' && random() < injection.share ? !label : label;
    });
    return { language, logits: logits.map((logit) => logit + shift), labels };
  });
}

/** Numbers in [0, 1) that follow from a seed (xorshift32). */
export function seededRandom(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
  // The first numbers of near seeds resemble each other.
  for (let i = 0; i < 16; i += 1) next();
  return next;
}

/** Box and Muller. */
function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function pick(shares: readonly (readonly [string, number])[], u: number): string {
  let sum = 0;
  for (const [value, share] of shares) {
    sum += share;
    if (u < sum) return value;
  }
  return shares.at(-1)?.[0] ?? '';
}
