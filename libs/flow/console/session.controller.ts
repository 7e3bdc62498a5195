import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Put, Req, Res } from '@nestjs/common';
import { z } from 'zod';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from './access/password.js';
import { permissionsOf } from './access/roles.js';
import type { Session } from './access/sessions.js';
import type { SessionView } from './api/index.js';
import { consoleLimits } from './console.config.js';
import { DESK } from './console.tokens.js';
import { methodOf, type ConsoleReply, type ConsoleRequest, type Desk } from './desk.js';
import { checked } from './http/checked.js';
import { cookieName, cookieOf, setCookie } from './http/cookies.js';
import { SESSION_COOKIE } from './http/entrance.js';
import { Problem } from './http/problem.js';

const PENDING_COOKIE = 'tidegate-sign-in';
const signInSchema = z.strictObject({
  name: z.string().min(1).max(100),
  password: z.string().min(1).max(LONGEST_PASSWORD),
});
const changeSchema = z.strictObject({
  current: z.string().min(1).max(LONGEST_PASSWORD),
  next: z.string().min(SHORTEST_PASSWORD).max(LONGEST_PASSWORD),
});

/** Signing in and out. */
@Controller('api')
export class SessionController {
  private checking = 0;

  constructor(@Inject(DESK) private readonly desk: Desk) {}

  @Get('session')
  show(@Req() request: ConsoleRequest): SessionView {
    return this.view(this.desk.entrance.sessionOf(request.raw));
  }

  @Post('session')
  @HttpCode(200)
  async signIn(
    @Body() body: unknown,
    @Req() request: ConsoleRequest,
    @Res({ passthrough: true }) reply: ConsoleReply,
  ): Promise<SessionView> {
    const { users, attempts, attemptsOfAddress, audit, openId } = this.desk;
    if (openId !== null) throw new Problem('forbidden', 'People sign in at the issuer of identities here.');
    const { name, password } = checked(signInSchema, body, 'Send name and password.');
    const key = name.normalize('NFKC').toLowerCase();
    const waitMs = Math.max(attempts.waitMs(key), attemptsOfAddress.waitMs(request.ip));
    if (waitMs > 0) {
      audit({ event: 'sign_in_refused', reason: 'too_many_attempts' });
      throw new Problem('too_many_attempts', `Wait ${Math.ceil(waitMs / 1000)} seconds.`, Math.ceil(waitMs / 1000));
    }
    const user = await this.guarded(() => users.verify(name, password));
    if (user === null) {
      attempts.failed(key);
      attemptsOfAddress.failed(request.ip);
      audit({ event: 'sign_in_refused', reason: 'wrong_password' });
      throw new Problem('wrong_password', 'Check both and try again.');
    }
    attempts.succeeded(key);
    audit({ event: 'signed_in', userId: user.userId, method: 'password' });
    const { token, session } = this.desk.sessions.start(user, 'password');
    this.keep(reply, token);
    return this.view(session);
  }

  @Delete('session')
  @HttpCode(200)
  signOut(@Req() request: ConsoleRequest, @Res({ passthrough: true }) reply: ConsoleReply): SessionView {
    const { entrance, sessions, audit, isSecure } = this.desk;
    const session = entrance.sessionOf(request.raw);
    if (session !== null) {
      sessions.end(cookieOf(request.headers['cookie'], cookieName(SESSION_COOKIE, isSecure)) ?? '');
      audit({ event: 'signed_out', userId: session.userId });
    }
    reply.header('set-cookie', setCookie(SESSION_COOKIE, '', { isSecure, sameSite: 'Strict', maxAge: 0 }));
    return this.view(null);
  }

  @Put('password')
  async changePassword(
    @Body() body: unknown,
    @Req() request: ConsoleRequest,
    @Res({ passthrough: true }) reply: ConsoleReply,
  ): Promise<SessionView> {
    const { entrance, users, sessions, attempts, audit } = this.desk;
    const before = entrance.sessionOf(request.raw);
    if (before?.method !== 'password') throw new Problem('signed_out', 'Sign in first.');
    const { current, next } = checked(
      changeSchema,
      body,
      `Send the current password, and one of at least ${SHORTEST_PASSWORD} characters.`,
    );
    if (current === next) throw new Problem('invalid_request', 'Choose a password that differs from the current one.');
    const waitMs = attempts.waitMs(before.userId);
    if (waitMs > 0) throw new Problem('too_many_attempts', `Wait ${Math.ceil(waitMs / 1000)} seconds.`);
    if ((await this.guarded(() => users.verify(before.name, current))) === null) {
      attempts.failed(before.userId);
      throw new Problem('wrong_password', 'The current password is another one.');
    }
    await this.guarded(() => users.setPassword(before.userId, next));
    audit({ event: 'password_changed', userId: before.userId });
    // Whoever else knew the old password is out.
    sessions.endAll(before.userId);
    const { token, session } = sessions.start({ ...before, mustChangePassword: false }, 'password');
    this.keep(reply, token);
    return this.view(session);
  }

  /** Sends the browser to the issuer of identities. */
  @Get('sign-in')
  @HttpCode(302)
  async begin(@Res({ passthrough: true }) reply: ConsoleReply): Promise<string> {
    const { openId, isSecure } = this.desk;
    if (openId === null) throw new Problem('not_found', 'People sign in with a password here.');
    const { url, pending } = await openId.begin();
    const maxAge = consoleLimits.pendingSignInMs / 1000;
    reply.header('set-cookie', setCookie(PENDING_COOKIE, pending, { isSecure, sameSite: 'Lax', maxAge }));
    reply.header('location', url);
    return '';
  }

  /**
   * Where the issuer sends the browser back. It answers with a page that leads on: a redirect would belong to the other site's
   * navigation, which a strict cookie does not go with.
   */
  @Get('sign-in/callback')
  async finish(@Req() request: ConsoleRequest, @Res({ passthrough: true }) reply: ConsoleReply): Promise<string> {
    const { openId, sessions, audit, isSecure } = this.desk;
    if (openId === null) throw new Problem('not_found', 'People sign in with a password here.');
    const query = request.url.slice(request.url.indexOf('?'));
    const pending = cookieOf(request.headers['cookie'], cookieName(PENDING_COOKIE, isSecure));
    const user = await openId.finish(query, pending).catch((error: unknown) => {
      audit({ event: 'sign_in_refused', reason: 'issuer' });
      throw error;
    });
    audit({ event: 'signed_in', userId: user.userId, method: 'openid' });
    this.keep(reply, sessions.start(user, 'openid').token);
    reply.header('content-type', 'text/html; charset=utf-8');
    return '<!doctype html><html lang="en"><title>Signed in</title><meta http-equiv="refresh" content="0;url=/"><a href="/">Continue</a></html>';
  }

  private keep(reply: ConsoleReply, token: string): void {
    const { isSecure } = this.desk;
    reply.header('set-cookie', setCookie(SESSION_COOKIE, token, { isSecure, sameSite: 'Strict', maxAge: null }));
  }

  private view(session: Session | null): SessionView {
    const method = methodOf(this.desk);
    if (session === null) return { signedIn: false, method };
    const { name, roles, languages, teams, mustChangePassword, csrf } = session;
    return {
      signedIn: true,
      method,
      name,
      roles,
      permissions: permissionsOf(roles, mustChangePassword),
      mustChangePassword,
      csrf,
      channels: this.desk.channels,
      languages,
      teams,
    };
  }

  /** Not more at once than the memory of a small machine allows. */
  private async guarded<T>(check: () => Promise<T>): Promise<T> {
    if (this.checking >= consoleLimits.passwordChecks) {
      throw new Problem('unavailable', 'Many people sign in at this moment. Try again.', 1);
    }
    this.checking++;
    try {
      return await check();
    } finally {
      this.checking--;
    }
  }
}
