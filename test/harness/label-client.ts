import {
  CALL_SEAL_HEADER,
  createCallSeal,
  labelDeskPaths,
  labelDeskSeal,
  type AnswerRequest,
  type AnswerResult,
  type LabelProgress,
  type LeaseAnswer,
  type LeaseRequest,
  type OverrideRequest,
} from '#platform/contracts';

/** A refusal of the label role, by its code. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(`${status} ${code}`);
  }
}

/** What the console is to the label role, for tests. Every call rejects with Refusal, or with TypeError when nobody listens. */
export interface LabelClient {
  lease(request: Partial<LeaseRequest> & Pick<LeaseRequest, 'labelerId'>): Promise<LeaseAnswer>;
  answer(request: Partial<AnswerRequest> & Pick<AnswerRequest, 'lease'>): Promise<AnswerResult>;
  release(lease: string): Promise<void>;
  override(request: OverrideRequest): Promise<{ readonly requestId: string; readonly overturns: boolean }>;
  progress(labelerId: string): Promise<LabelProgress>;
}

export function createLabelClient(options: { readonly url: string; readonly secret: string }): LabelClient {
  const { url } = options;
  const { seal } = createCallSeal({ ...labelDeskSeal, secret: Buffer.from(options.secret), clock: Date.now });

  async function call(path: string, request: object): Promise<unknown> {
    const body = JSON.stringify(request);
    const response = await fetch(new URL(path, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', [CALL_SEAL_HEADER]: seal(body) },
      body,
    });
    if (response.status === 204) return undefined;
    const answer = (await response.json()) as { readonly code?: string };
    if (!response.ok) throw new Refusal(response.status, answer.code ?? '');
    return answer;
  }

  const reviewer = { role: 'REVIEWER', teams: [], languages: [], group: null } as const;
  return {
    lease: async (request) => {
      const whole = { ...reviewer, queue: 'STANDARD', avoid: [], holding: [], ...request };
      return (await call(labelDeskPaths.lease, whole)) as LeaseAnswer;
    },
    answer: async (request) => {
      const plain = { attempt: 0, outcome: 'ANSWERED', answers: {}, reason: null, action: null, durationMs: null };
      return (await call(labelDeskPaths.answer, { ...plain, ...request })) as AnswerResult;
    },
    release: async (lease) => {
      await call(labelDeskPaths.release, { lease });
    },
    override: async (request) =>
      (await call(labelDeskPaths.override, request)) as { readonly requestId: string; readonly overturns: boolean },
    progress: async (labelerId) => (await call(labelDeskPaths.state, { ...reviewer, labelerId })) as LabelProgress,
  };
}
