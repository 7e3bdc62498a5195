import { loadExamples } from '#platform/testing';
import { taskOfDraw, taskOfReport } from './open-tasks.js';

describe('tasks', () => {
  it.each(loadExamples('sampling/closed'))('of the draw $name keep its probability, and open once', ({ event }) => {
    const task = taskOfDraw(event, 5);
    expect(task).toMatchObject({ queue: 'STANDARD', origin: event.origin, probability: event.probability });
    expect(taskOfDraw(event, 6).taskId).toBe(task.taskId);
  });

  it.each(loadExamples('content/reported'))('of $name carry no probability', ({ event }) => {
    const task = taskOfReport(event, 5);
    if (event.kind === 'SUGGESTION') expect(task).toBeNull();
    else {
      expect(task).toMatchObject({ probability: null, queue: event.kind === 'APPEAL' ? 'EXPERT' : 'STANDARD' });
    }
  });
});
