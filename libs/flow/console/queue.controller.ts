import { Body, Controller, Get, HttpCode, Inject, Post, Put, Req } from '@nestjs/common';
import { z } from 'zod';
import { answerRequestSchema } from '#platform/contracts';
import { preferencesSchema, reachedLimits } from './access/preferences.js';
import type { Session } from './access/sessions.js';
import type { AnswerKept, LabelProgress, LeaseAnswer, Preferences } from './api/index.js';
import { DESK } from './console.tokens.js';
import type { ConsoleRequest, Desk } from './desk.js';
import { checked } from './http/checked.js';
import { Problem } from './http/problem.js';
import { personOf, roleIn, roleOf } from './queue/person.js';

/** A lease as a browser holds it. */
const word = z.string().min(1).max(8192);
const leaseSchema = z.strictObject({
  queue: z.enum(['STANDARD', 'EXPERT', 'LEGAL']),
  holding: z.array(word).max(4),
});
const answerSchema = answerRequestSchema.extend({ lease: word });
const releaseSchema = z.strictObject({ lease: word });

const OTHER_RELEASE = 'The page is of another release. Reload it.';

/** Items to answer questions about, handed out by the label role in the name of who is signed in. */
@Controller('api')
export class QueueController {
  constructor(@Inject(DESK) private readonly desk: Desk) {}

  @Post('queue/leases')
  @HttpCode(200)
  async lease(@Body() body: unknown, @Req() request: ConsoleRequest): Promise<LeaseAnswer> {
    const { queue, holding } = checked(leaseSchema, body, OTHER_RELEASE);
    const session = this.desk.entrance.require(
      request.raw,
      queue === 'STANDARD' ? 'answer_questions' : 'settle_questions',
    );
    const { label, audit, veil } = this.desk;
    const { userId } = session;
    const avoid = await this.avoid(session);
    const answer = await label.lease({
      ...personOf(session, roleIn(queue)),
      queue,
      avoid: [...avoid],
      holding: holding.map((word) => veil.lift(word, userId)).filter((lease) => lease !== null),
    });
    if (answer.kind === 'empty') return { ...answer, avoided: avoid };
    if (answer.kind === 'stopped') return answer;
    const { task, progress } = answer;
    audit({ event: 'task_shown', userId, taskId: task.taskId, queue });
    return { kind: 'task', task: { ...task, lease: veil.veil(task.lease, userId) }, progress };
  }

  @Post('queue/answers')
  @HttpCode(200)
  async answer(@Body() body: unknown, @Req() request: ConsoleRequest): Promise<AnswerKept> {
    const { userId } = this.desk.entrance.require(request.raw, 'answer_questions');
    const given = checked(answerSchema, body, OTHER_RELEASE);
    return await this.desk.label.answer({ ...given, lease: this.lifted(given.lease, userId) });
  }

  @Post('queue/releases')
  @HttpCode(204)
  async release(@Body() body: unknown, @Req() request: ConsoleRequest): Promise<void> {
    const { userId } = this.desk.entrance.require(request.raw, 'answer_questions');
    await this.desk.label.release(this.lifted(checked(releaseSchema, body, OTHER_RELEASE).lease, userId));
  }

  @Get('queue/progress')
  async progress(@Req() request: ConsoleRequest): Promise<LabelProgress> {
    const session = this.desk.entrance.require(request.raw, 'answer_questions');
    return await this.desk.label.progress(personOf(session, roleOf(session)));
  }

  @Get('preferences')
  async preferences(@Req() request: ConsoleRequest): Promise<Preferences> {
    const { userId } = this.desk.entrance.require(request.raw, 'answer_questions');
    return await this.desk.preferences.of(userId);
  }

  @Put('preferences')
  async prefer(@Body() body: unknown, @Req() request: ConsoleRequest): Promise<Preferences> {
    const { userId } = this.desk.entrance.require(request.raw, 'answer_questions');
    const preferences = checked(preferencesSchema, body, OTHER_RELEASE);
    await this.desk.preferences.keep(userId, preferences);
    return preferences;
  }

  private lifted(word: string, userId: string): string {
    const lease = this.desk.veil.lift(word, userId);
    if (lease === null) throw new Problem('forbidden', 'This item was given to somebody else.');
    return lease;
  }

  /** Asked anew for each item, and only for who set a limit: what somebody can bear is not ours to estimate. */
  private async avoid(session: Session): Promise<readonly string[]> {
    const { limits } = await this.desk.preferences.of(session.userId);
    if (Object.keys(limits).length === 0) return [];
    const { exposures } = await this.desk.label.progress(personOf(session, roleOf(session)));
    return reachedLimits(limits, exposures);
  }
}
