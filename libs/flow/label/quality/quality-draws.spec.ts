import {
  inOverlap,
  labelSalts,
  scheduleTask,
  type AnsweredTask,
  type GoldItem,
  type TaskKind,
} from './quality-draws.js';

const salts = labelSalts(Buffer.from('a secret of the installation'));
/** 5 % positive, and nobody here uses them up. */
const gold: GoldItem[] = Array.from({ length: 600 }, (_, i) => ({
  item: `gold-${i}`,
  answers: new Map([[`q${i % 2}`, i % 40 < 2]]),
}));

/** One person's history, task by task. */
function work(tasks: number, labeler = 'anna'): { kinds: TaskKind[]; answered: AnsweredTask[] } {
  const answered: AnsweredTask[] = [];
  const repeated = new Set<string>();
  const kinds: TaskKind[] = [];
  for (let ordinal = 0; ordinal < tasks; ordinal += 1) {
    const task = scheduleTask({ labeler, ordinal, gold, answered, repeated, salts });
    kinds.push(task);
    if (task.kind === 'REPEAT') repeated.add(task.item);
    answered.push({ item: task.kind === 'FRESH' ? `item-${ordinal}` : task.item, ordinal });
  }
  return { kinds, answered };
}

describe('quality draws', () => {
  it('have salts of their own', () => {
    expect(new Set(Object.values(salts)).size).toBe(6);
  });

  it('put a tenth of the items into the overlap sample, and a larger share only adds', () => {
    const items = Array.from({ length: 20_000 }, (_, i) => `forum/c-${i}/1`);
    const drawn = items.filter((item) => inOverlap(item, salts));
    expect(Math.abs(drawn.length / items.length - 0.1)).toBeLessThan(0.01);
    expect(drawn.every((item) => inOverlap(item, salts, 0.2))).toBe(true);
  });

  it('slip in 10 % gold among the first hundred tasks, 5 % after, and 2 % repeats', () => {
    const people = Array.from({ length: 25 }, (_, i) => work(400, `labeler-${i}`).kinds);
    const share = (kinds: readonly TaskKind[], kind: TaskKind['kind']): number =>
      kinds.filter((it) => it.kind === kind).length / kinds.length;
    expect(
      Math.abs(
        share(
          people.flatMap((kinds) => kinds.slice(0, 100)),
          'GOLD',
        ) - 0.1,
      ),
    ).toBeLessThan(0.015);
    expect(
      Math.abs(
        share(
          people.flatMap((kinds) => kinds.slice(100)),
          'GOLD',
        ) - 0.05,
      ),
    ).toBeLessThan(0.006);
    expect(
      Math.abs(
        share(
          people.flatMap((kinds) => kinds.slice(100)),
          'REPEAT',
        ) - 0.019,
      ),
    ).toBeLessThan(0.004);
  });

  it('make half of the gold of a question positive, although 5 % of it are', () => {
    const answers = new Map(gold.map(({ item, answers: own }) => [item, [...own.values()][0]]));
    const shown = Array.from({ length: 25 }, (_, i) => work(300, `labeler-${i}`).kinds)
      .flat()
      .flatMap((it) => (it.kind === 'GOLD' ? [answers.get(it.item)] : []));
    expect(Math.abs(shown.filter((answer) => answer === true).length / shown.length - 0.5)).toBeLessThan(0.08);
  });

  it('show no gold item twice, repeat no item twice or soon, and never repeat gold', () => {
    const { kinds, answered } = work(1500);
    const goldShown = kinds.flatMap((it) => (it.kind === 'GOLD' ? [it.item] : []));
    expect(new Set(goldShown).size).toBe(goldShown.length);
    const repeats = kinds.flatMap((it, ordinal) => (it.kind === 'REPEAT' ? [{ item: it.item, ordinal }] : []));
    expect(repeats.length).toBeGreaterThan(10);
    expect(new Set(repeats.map(({ item }) => item)).size).toBe(repeats.length);
    for (const { item, ordinal } of repeats) {
      expect(item.startsWith('gold')).toBe(false);
      expect(ordinal - (answered.find((it) => it.item === item)?.ordinal ?? ordinal)).toBeGreaterThan(50);
    }
  });

  it('schedule the same for the same history, and fresh tasks when there is no gold', () => {
    expect(work(200)).toEqual(work(200));
    for (let ordinal = 0; ordinal < 100; ordinal += 1) {
      const request = { labeler: 'a', ordinal, gold: [], answered: [], repeated: new Set<string>(), salts };
      expect(scheduleTask(request).kind).toBe('FRESH');
    }
  });
});
