import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTable } from '../../libs/model/training/delimited.js';

/** Texts of a public data set with yes or no for rare categories. */
export interface RealData {
  readonly name: string;
  readonly texts: readonly string[];
  /** By category: 1 or 0 for each text. */
  readonly labels: ReadonlyMap<string, Uint8Array>;
}

interface Source {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  /** Beside the text. */
  readonly columns: readonly string[];
  readonly categories: Readonly<Record<string, (cell: (column: string) => string) => boolean>>;
}

const votes =
  (column: string, least: number) =>
  (cell: (name: string) => string): boolean =>
    Number(cell(column)) >= least;
const vector =
  (number: string) =>
  (cell: (name: string) => string): boolean =>
    cell('label_vector').startsWith(number);

/** Votes are those of three people; where a category is said by all of them or by most, it is rarer and cleaner. */
const SOURCES: readonly Source[] = [
  {
    name: 'told_br',
    path: 'told_br/ToLD-BR.csv',
    text: 'text',
    columns: ['homophobia', 'racism', 'misogyny', 'xenophobia'],
    categories: {
      'racism (2+ votes)': votes('racism', 2),
      'xenophobia (2+ votes)': votes('xenophobia', 2),
      'misogyny (2+ votes)': votes('misogyny', 2),
      'homophobia (2+ votes)': votes('homophobia', 2),
      'homophobia (1+ votes)': votes('homophobia', 1),
    },
  },
  {
    name: 'davidson',
    path: 'davidson/labeled_data.csv',
    text: 'tweet',
    columns: ['class', 'hate_speech', 'count'],
    categories: {
      'hate (all votes)': (cell) => cell('class') === '0' && cell('hate_speech') === cell('count'),
      hate: (cell) => cell('class') === '0',
    },
  },
  {
    name: 'edos',
    path: 'edos/edos_labelled_aggregated.csv',
    text: 'text',
    columns: ['label_vector'],
    categories: {
      '1.1 threats of harm': vector('1.1'),
      '1.2 incitement': vector('1.2'),
      '2.2 aggressive attacks': vector('2.2'),
      '2.3 dehumanising': vector('2.3'),
      '3.1 slurs': vector('3.1'),
      '3.2 stereotypes': vector('3.2'),
      '4.1 supporting mistreatment': vector('4.1'),
      '4.2 supporting discrimination': vector('4.2'),
    },
  },
];

/** The data sets that are there, and the names of those that are not. */
export function readRealData(folder: string): {
  readonly found: readonly RealData[];
  readonly missing: readonly string[];
} {
  const found = SOURCES.filter(({ path }) => existsSync(join(folder, path)));
  return {
    found: found.map((source) => read(source, readFileSync(join(folder, source.path), 'utf8'))),
    missing: SOURCES.filter((source) => !found.includes(source)).map(({ path }) => join(folder, path)),
  };
}

function read({ name, text, columns, categories }: Source, csv: string): RealData {
  const rows = parseTable(csv, [text, ...columns]);
  const labels = new Map(
    Object.entries(categories).map(([category, isPositive]) => [
      category,
      Uint8Array.from(rows, ({ get }) => (isPositive(get) ? 1 : 0)),
    ]),
  );
  return { name, texts: rows.map(({ get }) => get(text)), labels };
}
