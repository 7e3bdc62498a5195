import type { DatasetProgressed, DatasetRequested } from '#platform/contracts';
import { createRequestBoard, CUT_STEP } from './request-board.js';

const asked = (requestId: string, requestedAt = 1, cause: DatasetRequested['cause'] = 'PERSON'): DatasetRequested => ({
  ...{ requestId, recipe: 'house', policyVersion: null, labelsUntil: null, cause, causeId: null },
  ...{ requestedBy: 'cli', requestedAt },
});
const told = (
  requestId: string,
  attempt: number,
  state: DatasetProgressed['state'],
  { step = 'works', done = 0, at = 1 }: Partial<DatasetProgressed> = {},
): DatasetProgressed => ({
  ...{ requestId, attempt, sequence: 0, state, step, done, total: 0 },
  ...{ detail: null, subjectId: null, at },
});

describe('request board', () => {
  it('answers requests in the order of the journal, each until it has ended', () => {
    const board = createRequestBoard();
    board.ask(asked('a'));
    board.ask(asked('b'));
    board.ask(asked('a'));
    expect(board.next()?.request.requestId).toBe('a');
    board.tell(told('a', 1, 'FAILED'));
    expect(board.next()?.request.requestId).toBe('b');
    board.tell(told('b', 1, 'COMPLETED'));
    expect(board.next()).toBeUndefined();
    board.ask(asked('a'));
    expect(board.next()).toBeUndefined();
  });

  it('goes on where an attempt was broken off: the cut of the first holds', () => {
    const board = createRequestBoard();
    board.ask(asked('a'));
    board.tell(told('a', 1, 'STARTED'));
    board.tell(told('a', 1, 'RUNNING', { step: CUT_STEP, done: 40 }));
    board.tell(told('a', 2, 'RUNNING', { step: CUT_STEP, done: 70 }));
    expect(board.next()).toMatchObject({ attempts: 2, cut: 40, isEnded: false });
  });

  it('takes a wish that is asked again after it failed for a new attempt, with a cut of its own', () => {
    const board = createRequestBoard();
    board.ask(asked('a', 1));
    board.tell(told('a', 1, 'RUNNING', { step: CUT_STEP, done: 40, at: 2 }));
    board.tell(told('a', 1, 'FAILED', { at: 3 }));
    board.ask(asked('a', 9));
    expect(board.next()).toMatchObject({ request: { requestedAt: 9 }, attempts: 1, brokenOff: 0, cut: null });
    board.tell(told('a', 2, 'RUNNING', { step: CUT_STEP, done: 70, at: 10 }));
    expect(board.next()).toMatchObject({ attempts: 2, brokenOff: 1, cut: 70 });
    board.tell(told('a', 2, 'COMPLETED', { at: 11 }));
    expect(board.next()).toBeUndefined();
  });

  it('ends a wish once, also when its record is delivered again after the end', () => {
    const board = createRequestBoard();
    board.ask(asked('a', 5));
    board.tell(told('a', 1, 'FAILED', { at: 5 }));
    board.ask(asked('a', 5));
    expect(board.next()).toBeUndefined();
  });

  it.each(['SCHEDULE', 'LABELS', 'POLICY'] as const)(
    'answers what %s asks for once, whenever it is written',
    (cause) => {
      const board = createRequestBoard();
      board.ask(asked('a', 1, cause));
      board.tell(told('a', 1, 'FAILED', { at: 2 }));
      board.ask(asked('a', 9, cause));
      expect(board.next()).toBeUndefined();
    },
  );

  it('does not hear a replica that was replaced and still speaks of an attempt that ended', () => {
    const board = createRequestBoard();
    board.ask(asked('a', 1));
    board.tell(told('a', 1, 'FAILED', { at: 2 }));
    board.ask(asked('a', 3));
    board.tell(told('a', 1, 'COMPLETED', { at: 4 }));
    expect(board.next()?.request.requestId).toBe('a');
  });

  it('gives the same whichever of the two journals is read first', () => {
    const requests = [asked('a', 1), asked('b', 1), asked('a', 9), asked('a', 9), asked('c', 1)];
    const said = [
      told('a', 1, 'FAILED', { at: 3 }),
      told('b', 1, 'COMPLETED', { at: 4 }),
      told('c', 1, 'RUNNING', { step: CUT_STEP, done: 7, at: 5 }),
    ];
    const boards = [false, true].map((progressFirst) => {
      const board = createRequestBoard();
      if (progressFirst) said.forEach(board.tell);
      requests.forEach(board.ask);
      if (!progressFirst) said.forEach(board.tell);
      return ['a', 'b', 'c'].map(board.statusOf);
    });
    expect(boards[0]).toEqual(boards[1]);
    expect(boards[0]).toMatchObject([{ isEnded: false }, { isEnded: true }, { isEnded: false, cut: 7 }]);
  });
});
