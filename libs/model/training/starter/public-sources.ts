import type { LabelledText } from '../labelled-text.js';
import { parseDelimited, parseTable } from '../delimited.js';

/** A row of a public data set. ANY is a target of its own where the source judges the whole text. */
export interface PublicRow extends LabelledText {
  readonly source: string;
}

export interface PublicSource {
  readonly name: string;
  readonly licence: string;
  readonly origin: string;
  readonly language: string;
  readonly mapping: string;
  readonly files: readonly string[];
  /** Pure: the files' texts in the order of `files`. */
  readonly parse: (files: readonly string[]) => PublicRow[];
}

const nothing = { S: 0, H: 0, V: 0, HR: 0, H2: 0, ANY: 0 } as const;

function row(source: string, text: string, labels: PublicRow['labels'], weight = 1): PublicRow {
  return { source, text, labels, weight };
}

function share(votes: string, of: string): number {
  return Number(votes) / Number(of);
}

function parseToxicSpans([comments = '', annotations = '', spans = '']: readonly string[]): PublicRow[] {
  const types = new Map<string, Set<string>>();
  for (const span of parseTable(spans, ['annotation', 'type'])) {
    const known = types.get(span.get('annotation')) ?? new Set();
    types.set(span.get('annotation'), known.add(span.get('type')));
  }
  const votes = new Map<string, { raters: number; identity: number; threat: number; insult: number; any: number }>();
  for (const annotation of parseTable(annotations, ['annotation', 'comment_id', 'not toxic'])) {
    const vote = votes.get(annotation.get('comment_id')) ?? { raters: 0, identity: 0, threat: 0, insult: 0, any: 0 };
    const marked = types.get(annotation.get('annotation'));
    const says = (type: string): number => (marked?.has(type) === true ? 1 : 0);
    vote.raters += 1;
    vote.identity += says('Identity based Attack');
    vote.threat += says('Threat');
    vote.insult += says('Insult');
    vote.any += Math.max(says('Identity based Attack'), says('Threat'), says('Insult'));
    votes.set(annotation.get('comment_id'), vote);
  }
  return parseTable(comments, ['comment_id', 'comment_text']).flatMap((comment) => {
    const vote = votes.get(comment.get('comment_id'));
    if (vote === undefined) return [];
    const { raters, identity, threat, insult, any } = vote;
    return row('toxic_spans', comment.get('comment_text'), {
      H: identity / raters,
      V: threat / raters,
      HR: insult / raters,
      ANY: any / raters,
    });
  });
}

function parseEdos([file = '']: readonly string[]): PublicRow[] {
  return parseTable(file, ['text', 'label_sexist', 'label_category']).map((entry) => {
    if (entry.get('label_sexist') !== 'sexist') return row('edos', entry.get('text'), { H: 0, H2: 0, ANY: 0 });
    const threat = entry.get('label_category').startsWith('1.') ? 1 : 0;
    return row('edos', entry.get('text'), { H: 1, H2: threat, V: threat, ANY: 1 });
  });
}

function parseParadetox([file = '']: readonly string[]): PublicRow[] {
  return parseTable(file, ['toxic', 'neutral1', 'neutral2', 'neutral3'], '\t').flatMap((entry) => [
    row('paradetox', entry.get('toxic'), { HR: 1, ANY: 1 }),
    ...['neutral1', 'neutral2', 'neutral3']
      .map((column) => entry.get(column))
      .filter((text) => text !== '')
      .map((text) => row('paradetox', text, nothing)),
  ]);
}

function parseDavidson([file = '']: readonly string[]): PublicRow[] {
  return parseTable(file, ['count', 'hate_speech', 'class', 'tweet']).map((entry) => {
    const hate = share(entry.get('hate_speech'), entry.get('count'));
    if (entry.get('class') === '2') return row('davidson', entry.get('tweet'), { ...nothing, H: hate });
    if (entry.get('class') === '0') return row('davidson', entry.get('tweet'), { H: hate, ANY: 1 });
    return row('davidson', entry.get('tweet'), { H: hate, H2: 0 });
  });
}

function parseHatemoji(files: readonly string[]): PublicRow[] {
  return files.flatMap((file) =>
    parseTable(file, ['text', 'type', 'label_gold']).map((entry) => {
      if (entry.get('label_gold') !== '1') return row('hatemoji_build', entry.get('text'), { H: 0, H2: 0, ANY: 0 });
      const threat = entry.get('type').startsWith('threatening') ? 1 : 0;
      return row('hatemoji_build', entry.get('text'), { H: 1, H2: threat, V: threat, ANY: 1 });
    }),
  );
}

function parseVicomtech([file = '']: readonly string[]): PublicRow[] {
  return file.split('\n').flatMap((line) => {
    if (line === '') return [];
    const { label, text } = JSON.parse(line) as { label: string; text: string };
    if (label === 'hate') return row('vicomtech', text, { H: 1, ANY: 1 });
    return label === 'noHate' ? row('vicomtech', text, { H: 0, H2: 0, ANY: 0 }) : [];
  });
}

function parseTold([file = '']: readonly string[]): PublicRow[] {
  const identity = ['homophobia', 'racism', 'misogyny', 'xenophobia'];
  return parseTable(file, ['text', 'insult', ...identity]).map((entry) => {
    const hate = Math.max(...identity.map((column) => Number(entry.get(column)))) / 3;
    const insult = Number(entry.get('insult')) / 3;
    return row('told_br', entry.get('text'), { H: hate, HR: insult, ANY: Math.max(hate, insult) });
  });
}

function parseGermeval(files: readonly string[]): PublicRow[] {
  return files.flatMap((file) =>
    file.split('\n').flatMap((line) => {
      const [text, , fine] = line.split('\t');
      if (text === undefined || fine === undefined) return [];
      switch (fine.trim()) {
        case 'ABUSE':
          return row('germeval2018', text, { H: 1, ANY: 1 });
        case 'INSULT':
          return row('germeval2018', text, { H: 0, HR: 1, ANY: 1 });
        case 'OTHER':
          return row('germeval2018', text, nothing);
        default:
          return row('germeval2018', text, { H: 0, H2: 0 });
      }
    }),
  );
}

function parseCold([file = '']: readonly string[]): PublicRow[] {
  const [, ...rows] = parseDelimited(file);
  return rows.flatMap(({ fields }) => {
    const [, , , label, fine, text] = fields;
    if (text === undefined) return [];
    if (label === '0') return row('cold_zh', text, { H: 0, HR: 0, H2: 0, ANY: 0 });
    return row('cold_zh', text, fine === '1' ? { HR: 1, ANY: 1 } : { H: 1, ANY: 1 });
  });
}

/** Every public source of the starter model with its licence and mapping; the card prints this list. */
export const publicSources: readonly PublicSource[] = [
  {
    name: 'toxic_spans',
    licence: 'CC0-1.0',
    origin: 'ipavlopoulos/toxic_spans (Civil Comments)',
    language: 'en',
    mapping: 'share of raters: Identity based Attack -> H, Threat -> V, Insult -> HR, any of them -> ANY',
    files: ['toxic_spans/comments.csv', 'toxic_spans/annotations.csv', 'toxic_spans/spans.csv'],
    parse: parseToxicSpans,
  },
  {
    name: 'edos',
    licence: 'CC0-1.0',
    origin: 'rewire-online/edos',
    language: 'en',
    mapping: 'sexist -> H, "1. threats" -> H2 and V, not sexist -> H = 0 and H2 = 0',
    files: ['edos/edos_labelled_aggregated.csv'],
    parse: parseEdos,
  },
  {
    name: 'paradetox',
    licence: 'CC0-1.0',
    origin: 's-nlp/paradetox',
    language: 'en',
    mapping: 'toxic -> HR (weak), neutral rewrites -> all 0',
    files: ['paradetox/paradetox.tsv'],
    parse: parseParadetox,
  },
  {
    name: 'davidson',
    licence: 'MIT',
    origin: 't-davidson/hate-speech-and-offensive-language',
    language: 'en',
    mapping: 'share of raters "hate speech" -> H; class 2 -> the others 0; class 1 -> H2 = 0, HR unknown',
    files: ['davidson/labeled_data.csv'],
    parse: parseDavidson,
  },
  {
    name: 'hatemoji_build',
    licence: 'CC-BY-4.0',
    origin: 'HannahKirk/Hatemoji',
    language: 'en',
    mapping: 'hateful -> H, threatening language -> H2 and V, not hateful -> H = 0 and H2 = 0',
    files: ['hatemoji_build/train.csv', 'hatemoji_build/validation.csv', 'hatemoji_build/test.csv'],
    parse: parseHatemoji,
  },
  {
    name: 'vicomtech',
    licence: 'CC-BY-SA-3.0',
    origin: 'Vicomtech/hate-speech-dataset',
    language: 'en',
    mapping: 'hate -> H, noHate -> H = 0 and H2 = 0; relation and idk/skip dropped',
    files: ['vicomtech/sentences.jsonl'],
    parse: parseVicomtech,
  },
  {
    name: 'told_br',
    licence: 'CC-BY-SA-4.0',
    origin: 'JAugusto97/ToLD-Br',
    language: 'pt',
    mapping: 'largest share of raters over homophobia, racism, misogyny, xenophobia -> H; insult -> HR',
    files: ['told_br/ToLD-BR.csv'],
    parse: parseTold,
  },
  {
    name: 'germeval2018',
    licence: 'CC-BY-4.0',
    origin: 'uds-lsv/GermEval-2018-Data',
    language: 'de',
    mapping: 'ABUSE -> H, INSULT -> HR with H = 0, PROFANITY -> H = 0, OTHER -> all 0',
    files: ['germeval2018/germeval2018.training.txt', 'germeval2018/germeval2018.test.txt'],
    parse: parseGermeval,
  },
  {
    name: 'cold_zh',
    licence: 'Apache-2.0',
    origin: 'thu-coai/COLDataset (test part)',
    language: 'zh',
    mapping: 'offensive, against an individual -> HR; offensive otherwise -> H; not offensive -> H = HR = 0',
    files: ['cold_zh/test.csv'],
    parse: parseCold,
  },
];

/** The in-domain set: one JSON object a line, native codes. Throws, naming the line, on anything else. */
export function parseInDomain(file: string): LabelledText[] {
  return file.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const { prompt, ...labels } = JSON.parse(line) as { prompt?: unknown } & Record<string, number>;
    if (typeof prompt !== 'string') throw new Error(`openai_moderation/dev.jsonl line ${i + 1}: "prompt" is missing`);
    return { text: prompt, labels, weight: 1 };
  });
}
