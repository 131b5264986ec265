import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CookieOptions, Request, Response } from 'express';
import type { Gate } from '../gate.js';

/**
 * How Temporal's UI, a page of another origin that knows no API key, gets at the codec endpoint: the person signs in once in the browser, and a cookie
 * for this endpoint alone goes along with the UI's requests.
 */

const codecPath = '/v1/_temporal/codec';
const cookieName = 'perdura_codec';
const cookieLifeMs = 12 * 3_600_000;

/** The page and its other spelling, for a browser takes them for two origins. */
export function originsOfUi(uiUrl: string | null, more: readonly string[]): string[] {
  return [...(uiUrl === null ? [] : [uiUrl, uiUrl.replace('127.0.0.1', 'localhost')]), ...more];
}

export function isCodecPath(path: string): boolean {
  return path.startsWith(`${codecPath}/`);
}

/** A cookie is had for the password only: by another cookie it would never end. */
function isSignIn(path: string): boolean {
  return /\/sign-in\/?$/i.test(path);
}

export interface CodecAccess {
  /** Whether the request is one to the codec endpoint, with the password typed into a browser or with the cookie of a browser that has signed in. */
  admits(request: Request): boolean;
  signIn(request: Request, response: Response): void;
}

/** Null lets everybody in, by the gate. */
export function createCodecAccess(gate: Gate, password: string | null): CodecAccess {
  if (password === null) return { admits: () => false, signIn: () => undefined };
  return {
    admits: request =>
      isCodecPath(request.path) && (hasTypedPassword(request, gate) || (!isSignIn(request.path) && hasCookie(request, password))),
    signIn: (request, response) => setCookie(request, response, password),
  };
}

function hasTypedPassword(request: Request, gate: Gate): boolean {
  const basic = /^Basic\s+(.+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? '';
  const typed = /^[^:]*:(.+)$/.exec(Buffer.from(basic, 'base64').toString())?.[1];
  return typed !== undefined && gate.isKey(typed);
}

function hasCookie(request: Request, password: string): boolean {
  const value = new RegExp(`(?:^|;\\s*)${cookieName}=(\\d+)\\.([\\w-]+)`).exec(request.get('cookie') ?? '');
  const [, expires = '', signature = ''] = value ?? [];
  const expected = Buffer.from(sign(expires, password));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected) && Number(expires) > Date.now();
}

function setCookie(request: Request, response: Response, password: string): void {
  const expires = String(Date.now() + cookieLifeMs);
  const options: CookieOptions = {
    path: codecPath,
    maxAge: cookieLifeMs,
    httpOnly: true,
    sameSite: 'strict',
    secure: request.secure || request.get('x-forwarded-proto') === 'https',
  };
  response.cookie(cookieName, `${expires}.${sign(expires, password)}`, options);
}

function sign(expires: string, password: string): string {
  return createHmac('sha256', password).update(`temporal codec until ${expires}`).digest('base64url');
}
