import { topicOf } from '#platform/contracts';
import { configOf } from './topics.js';

test('flows and journals are deleted by age, tables are compacted, tables that age are both', () => {
  expect(configOf(topicOf('content.submitted'))).toMatchObject({ 'cleanup.policy': 'delete' });
  expect(configOf(topicOf('policy.requested'))).toMatchObject({ 'cleanup.policy': 'delete' });
  expect(configOf(topicOf('policy.published'))).toMatchObject({ 'cleanup.policy': 'compact', 'retention.ms': '-1' });
  expect(configOf(topicOf('content.accepted'))).toMatchObject({ 'cleanup.policy': 'compact,delete' });
});

test('every topic takes the batches that the writers make, and its largest record', () => {
  for (const name of ['content.submitted', 'policy.published', 'dead-letter.prediction'] as const) {
    const limit = Number(configOf(topicOf(name))['max.message.bytes']);
    expect(limit).toBeGreaterThan(1_048_576);
    expect(limit).toBeGreaterThan(topicOf(name).maxBytes);
  }
});

test('the broker puts its own time on what platforms write', () => {
  expect(configOf(topicOf('content.submitted'))['message.timestamp.type']).toBe('LogAppendTime');
  expect(configOf(topicOf('prediction.scored'))['message.timestamp.type']).toBe('CreateTime');
});
