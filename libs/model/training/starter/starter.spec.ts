import { seededUniform } from '../seeded-uniform.js';
import { buildCorpus } from './corpus.js';
import { publicSources } from './public-sources.js';
import type { PublicRow } from './public-sources.js';
import { starterRecipe } from './starter-recipe.js';
import { inDomainFile, trainStarter } from './train-starter.js';

const nouns = ['river', 'table', 'garden', 'train', 'window', 'lamp', 'coat', 'bridge', 'market', 'harbour'];

function sentence(seed: number, extra: string): string {
  const words = Array.from({ length: 9 }, (_, k) => nouns[Math.floor(10 * seededUniform(seed, k, 1))] ?? '');
  return `${words.join(' ')} ${extra} ${seed}`;
}

function parsed(name: string, ...files: string[]): PublicRow[] {
  const source = publicSources.find((candidate) => candidate.name === name);
  return source?.parse(files) ?? [];
}

/** Made-up files in the form of the sources. */
const files: Readonly<Record<string, string>> = {
  [inDomainFile]: Array.from({ length: 60 }, (_, i) =>
    JSON.stringify({
      prompt: sentence(i, i % 3 === 0 ? 'zugzwang' : 'calm'),
      ...Object.fromEntries(
        ['S', 'H', 'V', 'HR', 'SH', 'S3', 'H2', 'V2'].map((c, k) => [c, i % 3 === 0 && i % (k + 2) < 2 ? 1 : 0]),
      ),
    }),
  ).join('\n'),
  'toxic_spans/comments.csv': `comment_id,comment_text\n1,${sentence(101, 'calm')}\n2,${sentence(102, 'zugzwang')}`,
  'toxic_spans/annotations.csv':
    'annotation,comment_id,worker,country,all toxic,not toxic\n0,1,9,X,False,True\n1,2,9,X,False,False\n2,2,8,X,False,False',
  'toxic_spans/spans.csv': 'annotation,type,start,end\n1,Insult,0,3\n1,Threat,0,3\n2,Insult,0,3',
  'edos/edos_labelled_aggregated.csv': `rewire_id,text,label_sexist,label_category\na,${sentence(103, 'zugzwang')},sexist,"1. threats, plans"\nb,${sentence(104, 'calm')},not sexist,none`,
  'paradetox/paradetox.tsv': `toxic\tneutral1\tneutral2\tneutral3\n${sentence(105, 'zugzwang')}\t${sentence(106, 'calm')}\t\t`,
  'davidson/labeled_data.csv': `,count,hate_speech,offensive_language,neither,class,tweet\n0,4,1,3,0,1,${sentence(107, 'zugzwang')}\n1,3,0,0,3,2,${sentence(108, 'calm')}`,
  'hatemoji_build/train.csv': `entry_id,text,type,label_gold\n1,${sentence(109, 'zugzwang')},threateninglanguage,1\n2,${sentence(110, 'calm')},none,0`,
  'hatemoji_build/validation.csv': 'entry_id,text,type,label_gold',
  'hatemoji_build/test.csv': 'entry_id,text,type,label_gold',
  'vicomtech/sentences.jsonl': [
    { label: 'hate', text: sentence(111, 'zugzwang') },
    { label: 'noHate', text: sentence(112, 'calm') },
    { label: 'idk/skip', text: sentence(113, 'calm') },
  ]
    .map((row) => JSON.stringify(row))
    .join('\n'),
};

const recipe = {
  ...starterRecipe,
  featuriser: { ...starterRecipe.featuriser, buckets: 2 ** 10 },
  publicFit: { c: 4, maxIterations: 5, tolerance: 1e-3 },
  wordVectors: { dimensions: 3, window: 4, fewestTexts: 2, mostWords: 50, seed: 7 },
  foldings: 2,
  bootstrapDraws: 20,
};

function train(): ReturnType<typeof trainStarter> {
  return trainStarter(
    (path) => files[path] ?? '',
    recipe,
    '0.1.0',
    () => undefined,
  );
}

describe('starter model', () => {
  const trained = train();

  it('writes the same bytes again', () => {
    expect(train().files).toEqual(trained.files);
  });

  it('keeps no word of its sources', () => {
    for (const bytes of trained.files.values()) expect(Buffer.from(bytes).includes('zugzwang')).toBe(false);
  });

  it('learns what its in-domain rows teach', () => {
    const any = trained.facts.quality.categories.find(({ category }) => category === 'ANY');
    expect(any?.pooled).toBeGreaterThan(0.9);
  });

  it('names every source that it used, with its licence, in its card', () => {
    const card = Buffer.from(trained.files.get('CARD.md') ?? []).toString('utf8');
    for (const { name, licence, language } of publicSources) {
      if (language === 'en') expect(card).toContain(`| ${name} | ${licence} |`);
    }
  });
});

describe('public sources', () => {
  it('turn votes into shares of raters', () => {
    const rows = parsed(
      'toxic_spans',
      files['toxic_spans/comments.csv'] ?? '',
      files['toxic_spans/annotations.csv'] ?? '',
      files['toxic_spans/spans.csv'] ?? '',
    );
    expect(rows.map(({ labels }) => labels)).toEqual([
      { H: 0, V: 0, HR: 0, ANY: 0 },
      { H: 0, V: 0.5, HR: 1, ANY: 1 },
    ]);
    const [offensive] = parsed('davidson', files['davidson/labeled_data.csv'] ?? '');
    expect(offensive?.labels).toEqual({ H: 0.25, H2: 0 });
  });

  it('leave unknown what a source does not judge', () => {
    const [threat, harmless] = parsed('edos', files['edos/edos_labelled_aggregated.csv'] ?? '');
    expect(threat?.labels).toEqual({ H: 1, H2: 1, V: 1, ANY: 1 });
    expect(harmless?.labels).toEqual({ H: 0, H2: 0, ANY: 0 });
    expect(parsed('vicomtech', files['vicomtech/sentences.jsonl'] ?? '')).toHaveLength(2);
  });

  it('read the other languages too', () => {
    expect(parsed('told_br', 'text,homophobia,obscene,insult,racism,misogyny,xenophobia\noi,0,0,3,1,0,0')).toEqual([
      { source: 'told_br', text: 'oi', labels: { H: 1 / 3, HR: 1, ANY: 1 }, weight: 1 },
    ]);
    expect(parsed('germeval2018', 'Hallo\tOFFENSE\tINSULT\nTag\tOTHER\tOTHER\n', '')).toHaveLength(2);
    expect(parsed('cold_zh', ',split,topic,label,fine-grained-label,TEXT\n1,test,race,1,1,你好')[0]?.labels).toEqual({
      HR: 1,
      ANY: 1,
    });
  });
});

describe('corpus', () => {
  const long = sentence(1, 'calm');
  const row = (text: string, labels: PublicRow['labels']): PublicRow => ({ source: 's', text, labels, weight: 1 });

  it('drops copies of in-domain rows and merges repeats, but keeps pairs that differ in their label', () => {
    const corpus = buildCorpus(
      [{ text: long, labels: { H: 1 }, weight: 1 }],
      [
        row(`${long}!`, { H: 1 }),
        row(sentence(2, 'calm'), { H: 0 }),
        row(`${sentence(2, 'calm')} `, { H: 0 }),
        row(sentence(2, 'calm'), { H: 1 }),
      ],
    );
    expect(corpus.droppedAsCopiesOfInDomain).toBe(1);
    expect(corpus.mergedAsCopies).toBe(1);
    expect(corpus.publicRows.map(({ labels }) => labels['H'])).toEqual([0, 1]);
  });
});
