import { z } from 'zod';
import { topicOf } from '#platform/contracts';

const DAY_MS = 86_400_000;

export const erasedSchema = z
  .strictObject({
    contentId: z.string(),
    erasedAt: z.iso.datetime(),
    effects: z.array(z.string()).meta({ description: 'What happens now, and when.' }),
  })
  .meta({ id: 'Erased' });

/** What an accepted erasure does, and when: an answer that promised more would be a lie. */
export function erasureEffects(): readonly string[] {
  const days = (topic: string) => Math.round(topicOf(topic).retentionMs / DAY_MS);
  return [
    'Now: the erasure is durable. It covers all revisions of this contentId on this platform.',
    'Within seconds: a text that is not scored yet is skipped, and the warehouse no longer shows the text.',
    'With the next erasure job of the warehouse: the text is removed from its tables.',
    `Kafka cannot remove single records: the text leaves content.submitted after its retention, ${days('content.submitted')} days by ` +
      `default, and dead letters after ${days('dead-letter.prediction')} days.`,
    'Verdicts, probabilities and hashes stay; they hold no text.',
  ];
}
