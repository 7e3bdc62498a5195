import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import {
  answerRequestSchema,
  CALL_SEAL_HEADER,
  labelDeskPaths,
  leaseRequestSchema,
  overrideRequestSchema,
  releaseRequestSchema,
  stateRequestSchema,
  type AnswerResult,
  type CallSeal,
  type LabelProgress,
  type LeaseAnswer,
} from '#platform/contracts';
import { DeskProblem } from './desk/desk-problem.js';
import type { LabelDesk } from './desk/desk-runtime.js';

export const LABEL_DESK = Symbol('label desk');
export const LABEL_SEAL = Symbol('label seal');

interface SealedRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What the console asks in the name of people. */
@Controller()
export class LabelDeskController {
  constructor(
    @Inject(LABEL_DESK) private readonly desk: LabelDesk,
    @Inject(LABEL_SEAL) private readonly seal: CallSeal,
  ) {}

  @Post(labelDeskPaths.lease)
  @HttpCode(200)
  lease(@Body() body: unknown, @Req() request: SealedRequest): Promise<LeaseAnswer> {
    return this.desk.lease(this.read(leaseRequestSchema, body, request));
  }

  @Post(labelDeskPaths.answer)
  @HttpCode(200)
  answer(@Body() body: unknown, @Req() request: SealedRequest): Promise<AnswerResult> {
    return this.desk.answer(this.read(answerRequestSchema, body, request));
  }

  @Post(labelDeskPaths.release)
  @HttpCode(204)
  release(@Body() body: unknown, @Req() request: SealedRequest): void {
    this.desk.release(this.read(releaseRequestSchema, body, request).lease);
  }

  @Post(labelDeskPaths.override)
  @HttpCode(200)
  override(@Body() body: unknown, @Req() request: SealedRequest): Promise<unknown> {
    return this.desk.override(this.read(overrideRequestSchema, body, request));
  }

  @Post(labelDeskPaths.state)
  @HttpCode(200)
  state(@Body() body: unknown, @Req() request: SealedRequest): LabelProgress {
    return this.desk.progress(this.read(stateRequestSchema, body, request));
  }

  /** The body as bytes: the seal is over them. */
  private read<S extends z.ZodType>(schema: S, body: unknown, { headers }: SealedRequest): z.output<S> {
    const header = headers[CALL_SEAL_HEADER];
    if (!Buffer.isBuffer(body)) throw new DeskProblem('invalid_request', 'send content-type: application/json');
    if (!this.seal.isSealed(typeof header === 'string' ? header : undefined, body)) {
      throw new DeskProblem('unsealed', 'only roles of this installation may call this');
    }
    const parsed = schema.safeParse(jsonOf(body));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new DeskProblem('invalid_request', `${issue?.path.join('.') ?? 'body'}: ${issue?.message ?? 'is wrong'}`);
  }
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new DeskProblem('invalid_request', 'the body is not JSON');
  }
}
