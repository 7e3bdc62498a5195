import fc from 'fast-check';
import { createTaskQueues, type Place, type TaskQueues } from './task-queues.js';

const place = (b: number, more: Partial<Place> = {}): Place => ({
  queue: 'STANDARD',
  lane: 'ESTIMATION',
  team: null,
  language: 'en',
  a: 0,
  b,
  ...more,
});
const wish = { labelerId: 'u-1', queue: 'STANDARD', teams: [], languages: [] } as const;
const always = () => false;

describe('the queues of tasks', () => {
  const people = ['u-1', 'u-2'];
  const items = ['a', 'b', 'c', 'd', 'e'];
  const item = fc.constantFrom(...items);
  const person = fc.constantFrom(...people);
  const change = fc.oneof(
    fc.record({ kind: fc.constant('put' as const), item, b: fc.nat(9) }),
    fc.record({ kind: fc.constant('withdraw' as const), item }),
    fc.record({ kind: fc.constant('bar' as const), item, person }),
    fc.record({ kind: fc.constant('unbar' as const), item, person }),
    fc.record({ kind: fc.constant('drop' as const), item }),
    fc.record({ kind: fc.constant('next' as const), person }),
  );

  it('give everybody the first item that is not barred for them, after any changes, and count them', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 20, maxLength: 80, size: 'max' }), (changes) => {
        const queues = createTaskQueues();
        const places = new Map<string, number>();
        const bars = new Set<string>();
        const firstFor = (who: string) =>
          [...places]
            .filter(([name]) => !bars.has(`${who} ${name}`))
            .sort(([x, a], [y, b]) => a - b || (x < y ? -1 : 1))
            .map(([name]) => name);
        for (const it of changes) {
          switch (it.kind) {
            case 'put':
              // Where an item waits does not change while it waits, but through a change of its tasks.
              queues.withdraw(it.item);
              queues.put(it.item, place(it.b));
              places.set(it.item, it.b);
              break;
            case 'withdraw':
              queues.withdraw(it.item);
              places.delete(it.item);
              break;
            case 'bar':
              queues.bar(it.item, it.person);
              bars.add(`${it.person} ${it.item}`);
              break;
            case 'unbar':
              queues.unbar(it.item, it.person);
              bars.delete(`${it.person} ${it.item}`);
              break;
            case 'drop':
              queues.drop(it.item);
              places.delete(it.item);
              for (const who of people) bars.delete(`${who} ${it.item}`);
              break;
            case 'next': {
              const labelerId = it.person;
              const expected = firstFor(labelerId);
              expect(queues.next({ ...wish, labelerId }, 'ESTIMATION', always)).toBe(expected[0] ?? null);
              expect(queues.waiting({ ...wish, labelerId })).toEqual({ own: expected.length, all: places.size });
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('pass over what is not for now, and come back to it', () => {
    const queues = createTaskQueues();
    for (const [b, name] of items.entries()) queues.put(name, place(b));
    expect(queues.next(wish, 'ESTIMATION', (name) => name < 'c')).toBe('c');
    expect(queues.next(wish, 'ESTIMATION', always)).toBe('a');
  });

  it('give people what their teams and languages may have', () => {
    const queues: TaskQueues = createTaskQueues();
    queues.put('german', place(0, { language: 'de' }));
    queues.put('team', place(1, { team: 'kids' }));
    queues.put('unknown', place(2, { language: 'und' }));
    const first = (more: { teams?: readonly string[]; languages?: readonly string[] }) =>
      queues.next({ ...wish, ...more }, 'ESTIMATION', always);
    expect(first({})).toBe('german');
    expect(first({ languages: ['en-US'] })).toBe('team');
    expect(first({ languages: ['en'], teams: ['chat'] })).toBe('unknown');
    expect(first({ languages: ['DE-at'] })).toBe('german');
  });
});
