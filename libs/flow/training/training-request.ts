import type { DatasetPublished, TrainingRequested } from '#platform/contracts';
import { hashFields } from '#policy';

type Wish = Pick<
  TrainingRequested,
  'kind' | 'datasetId' | 'recipe' | 'parentModelId' | 'channel' | 'cause' | 'causeId'
>;

/** The same wish again is the same request, whoever asks and whenever. */
export function trainingRequestId({ kind, datasetId, recipe, parentModelId, channel, cause, causeId }: Wish): string {
  return hashFields('training.requested', kind, cause, causeId, datasetId, recipe, parentModelId, channel);
}

/** What the role writes by itself when a data set is there; however often it is delivered, it is one request, to the byte. */
export function requestForDataset(
  { datasetId, publishedAt }: Pick<DatasetPublished, 'datasetId' | 'publishedAt'>,
  recipe: string,
): TrainingRequested {
  const wish: Wish = {
    kind: 'MODEL',
    datasetId,
    recipe,
    parentModelId: null,
    channel: null,
    cause: 'LABELS',
    causeId: datasetId,
  };
  return { ...wish, requestId: trainingRequestId(wish), requestedBy: 'training', requestedAt: publishedAt };
}
