import type { TrainingProgressed, TrainingRequested } from '#platform/contracts';

/** As ClickHouse answers: the last that was said of a request. */
interface Said {
  readonly request_id: string;
  readonly attempt: number;
  readonly state: TrainingProgressed['state'];
  readonly step: string;
  readonly done: number;
  readonly total: number;
  readonly detail: string | null;
  readonly artefact_id: string | null;
  /** Of the recipe. */
  readonly name: string;
  readonly dataset_id: string | null;
  readonly at_ms: number;
}

/** A request, with the last that was said of it; WAITING: nothing yet, since it was asked last. */
export type KnownTraining = Omit<Said, 'state'> & { readonly state: Said['state'] | 'WAITING' };

/** What was asked for and what came of it, the newest first. */
export function knownTrainings(
  said: readonly Said[],
  requests: readonly TrainingRequested[],
): readonly KnownTraining[] {
  const asked = new Map(requests.map((request) => [request.requestId, request]));
  const bySaid = new Map(said.map((row) => [row.request_id, row]));
  const waiting = [...asked.values()].flatMap((request): KnownTraining[] => {
    const last = bySaid.get(request.requestId);
    const isAnswered = last !== undefined && (!isEnd(last.state) || last.at_ms >= request.requestedAt);
    return isAnswered ? [] : [waitingOf(request)];
  });
  const isWaiting = new Set(waiting.map(({ request_id: requestId }) => requestId));
  const answered = said
    .filter((row) => !isWaiting.has(row.request_id))
    .map((row) => {
      const request = asked.get(row.request_id);
      return request === undefined ? row : { ...row, ...wishOf(request) };
    });
  return [...waiting, ...answered].sort((one, other) => other.at_ms - one.at_ms);
}

function isEnd(state: Said['state']): boolean {
  return state === 'COMPLETED' || state === 'FAILED';
}

function waitingOf(request: TrainingRequested): KnownTraining {
  const { requestId, requestedAt } = request;
  const nothing = { attempt: 0, step: 'waits for its turn', done: 0, total: 0, detail: null, artefact_id: null };
  return { request_id: requestId, state: 'WAITING', ...nothing, ...wishOf(request), at_ms: requestedAt };
}

/** A recipe that was sent whole is called what it calls itself. */
function wishOf({ recipe, datasetId, channel }: TrainingRequested) {
  const own = /^name:\s*([A-Za-z0-9_.-]+)/m.exec(recipe)?.[1];
  return { name: own ?? recipe.split('\n', 1)[0] ?? '', dataset_id: datasetId ?? channel };
}
