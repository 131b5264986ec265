import { randomInt } from 'node:crypto';
import { RequestError } from '../../../domain/errors.js';

const allowed = /^[\p{L}\p{M}\p{N}_ '-]+$/u;
const first = ['Amber', 'Brave', 'Calm', 'Clever', 'Gentle', 'Golden', 'Lively', 'Quiet', 'Silver', 'Steady', 'Sunny', 'Swift'];
const second = ['Badger', 'Beaver', 'Crane', 'Falcon', 'Fox', 'Heron', 'Lynx', 'Marten', 'Otter', 'Owl', 'Raven', 'Robin'];

/** V1 answers such names with 500; here they are what they are, a bad request. */
export function checkAgentName(name: string): void {
  if (!allowed.test(name)) {
    throw new RequestError(
      'invalid',
      `Agent name '${name}' contains invalid characters. Letters, digits, underscores, spaces, apostrophes and hyphens are allowed.`,
    );
  }
}

export function randomAgentName(): string {
  return `${first[randomInt(first.length)] ?? ''} ${second[randomInt(second.length)] ?? ''}`;
}
