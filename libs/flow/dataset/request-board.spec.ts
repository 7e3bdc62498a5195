import type { DatasetProgressed, DatasetRequested } from '#platform/contracts';
import { createRequestBoard, CUT_STEP } from './request-board.js';

const asked = (requestId: string): DatasetRequested => ({
  requestId,
  recipe: 'house',
  policyVersion: null,
  labelsUntil: null,
  cause: 'PERSON',
  causeId: null,
  requestedBy: 'cli',
  requestedAt: 1,
});
const told = (requestId: string, attempt: number, state: DatasetProgressed['state'], step = 'works', done = 0) => ({
  ...{ requestId, attempt, sequence: 0, state, step, done, total: 0 },
  ...{ detail: null, subjectId: null, at: 1 },
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
    board.tell(told('a', 1, 'RUNNING', CUT_STEP, 40));
    board.tell(told('a', 2, 'RUNNING', CUT_STEP, 70));
    expect(board.next()).toMatchObject({ attempts: 2, cut: 40, isEnded: false });
  });

  it('gives the same whichever of the two journals is read first', () => {
    const board = createRequestBoard();
    board.tell(told('a', 1, 'COMPLETED'));
    board.ask(asked('a'));
    expect(board.next()).toBeUndefined();
  });
});
