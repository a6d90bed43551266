import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeMessaging, guarded, type Category, type Message } from '../../src/provider-kit.ts';
import { definitions, operationShapes } from '../../src/providers/generated/shapes.ts';
import { cleanText, fitted, type OperationShapes, type Shape } from '../../src/providers/shape.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 40);
const folder = new URL('../../schemas/ports/', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { $id: string };

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false });
ajv.addVocabulary(['x-text', 'x-expected']);
for (const name of readdirSync(folder)) ajv.addSchema(read(name));

const categories = Object.keys(operationShapes) as Category[];
const all = categories.flatMap((category) => Object.entries(operationShapes[category] as OperationShapes).flatMap(([operation, { input, output }]) => [[category, operation, 'input', input] as const, [category, operation, 'output', output] as const]));

/** Values of a shape, most of them right and plain enough to need no cleaning. */
function valueOf(given: Shape): fc.Arbitrary<unknown> {
  const shape = given.$ref === undefined ? given : { ...definitions[given.$ref], ...given };
  if (shape.anyOf) return fc.oneof(fc.constant(null), ...shape.anyOf.filter(({ type }) => type !== 'null').map(valueOf));
  if (shape.type === 'array') return fc.array(valueOf(shape.items ?? {}), { maxLength: 3 });
  if (shape.type === 'object') return fc.record(Object.fromEntries(Object.entries(shape.properties ?? {}).map(([key, part]) => [key, valueOf(part)])), { requiredKeys: [...(shape.required ?? [])] });
  if (shape.type === 'boolean') return fc.boolean();
  if (shape.type === 'integer') return fc.integer({ min: -2, max: 2000 });
  if (shape.enum) return fc.oneof(fc.constantFrom(...shape.enum), fc.constant('else'));
  return fc.constantFrom('x', 'PROJ-7', 'a/b.md', '', '-x', '../x', '/x', 'a..b', 'a'.repeat(40), 'A'.repeat(40), 'b'.repeat(600), '2026-11-20T10:30:00Z', '2026-11-20', 'https://example.com/x', 'javascript:alert(1)', 'a b');
}

/** Takes something away, adds something or puts another thing in its place. */
const spoilt = (value: unknown): fc.Arbitrary<unknown> => fc.oneof({ weight: 4, arbitrary: fc.constant(value) }, fc.constantFrom(null, 7, 'x', [], {}, [null]), fc.constant(typeof value === 'object' && value !== null ? { ...value, unknown: 1 } : value));

describe('what a port takes and answers', () => {
  it.each(all)('%s: %s, %s is judged as the schema is', (category, operation, side, shape) => {
    const pointer = `urn:treework:port:${category}#/properties/${operation}/properties/${side}`;
    const validate = ajv.getSchema(pointer);
    fc.assert(fc.property(valueOf(shape).chain(spoilt), (value) => {
      const isRight = validate?.(value) as boolean;
      expect(fitted(shape, value, 'question').misfits.length === 0, `${JSON.stringify(value)} ${ajv.errorsText(validate?.errors)}`).toBe(isRight);
    }), { numRuns: RUNS });
  });
});

describe('what a provider answers that nobody knows', () => {
  const options = { now: () => '2026-11-20T10:30:00Z', author: 'x' };
  const answering = (message: unknown) => guarded('acme', 'messaging', { ...fakeMessaging(options), sendMessage: async () => message as Message });
  const right = { id: '1', channel: 'x', author: 'bob', at: options.now(), text: 'x', answers: null, url: null };
  const ask = (message: unknown) => answering(message).sendMessage({ channel: 'x', text: 'y' });

  it('is cleaned of what steers a terminal or turns lines round, and cut where it is too long', async () => {
    const said = await ask({ ...right, author: ' bob\u001b[2J\u202e\nevil\u0007 ', text: '\u001b]0;title\u0007one\r\ntwo\u0000\ud800\u200b'.padEnd(9000, 'x'), secret: 'left out' });
    expect(said.author).toBe('bob evil');
    expect(said.text.slice(0, 10)).toBe('one\ntwoxxx');
    expect(said.text).toHaveLength(8000);
    expect(said.text.endsWith('…')).toBe(true);
    expect(Object.keys(said)).not.toContain('secret');
  });

  it.each<[string, unknown]>([
    ['an id with a blank', { ...right, id: '1 --force' }],
    ['an id that is an option', { ...right, id: '--force' }],
    ['a number for an id', { ...right, id: 1 }],
    ['a time that is none', { ...right, at: 'yesterday' }],
    ['an address that runs a script', { ...right, url: 'javascript:alert(1)' }],
    ['an address with a line end', { ...right, url: 'https://example.com/\nx' }],
    ['a missing key', { ...right, author: undefined }],
    ['nothing', undefined],
    ['a list', [right]],
  ])('is refused with its provider and place: %s', async (_what, message) => {
    await expect(ask(message)).rejects.toMatchObject({ code: 'provider-answer', message: expect.stringMatching(/^Unexpected .*\(acme, sendMessage/) });
  });

  it('a failure is told in one clean line, and a refusal keeps its code and hint', async () => {
    const failing = (error: unknown) => guarded('acme', 'messaging', { ...fakeMessaging(options), readMessages: () => Promise.reject(error) }).readMessages({ channel: 'x' });
    await expect(failing(new Error('401\u001b[31m\nBearer'))).rejects.toMatchObject({ code: 'provider-failed', message: 'Unexpected end of readMessages of provider acme: 401 Bearer' });
    await expect(failing(Object.assign(new Error('no such channel'), { code: 'not-found', hint: 'make it' }))).rejects.toMatchObject({ code: 'not-found', message: 'no such channel', hint: 'make it' });
    await expect(failing('just text')).rejects.toMatchObject({ code: 'provider-failed' });
    await expect(failing(null)).rejects.toMatchObject({ code: 'provider-failed' });
  });

  it('text is never longer for being cleaned, and clean text stays as it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 100 }), fc.boolean(), (text, isLine) => {
      const clean = cleanText(text, isLine);
      expect(clean.length).toBeLessThanOrEqual(text.length);
      expect(cleanText(clean, isLine)).toBe(clean);
      expect(clean).not.toMatch(isLine ? /[\p{Cc}\u202a-\u202e]/u : /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e]/u);
    }), { numRuns: RUNS * 10 });
  });
});
