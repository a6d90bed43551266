import { expect, it } from 'vitest';
import { TICKET_PATTERN } from '../../src/documents/settings.ts';
import { familyOf, leftOf, standingOf, type StackedBranch } from '../../src/workflow/ticket-stack.ts';

const SETTINGS = { ticketPattern: new RegExp(TICKET_PATTERN) };

function standing(branches: Readonly<Record<string, Partial<StackedBranch>>>) {
  return standingOf(Object.entries(branches).map(([name, facts]) => ({ name, ticket: name.split('--')[0], ...facts })), SETTINGS);
}

it('parts of one ticket stand on each other by their numbers, also where one in between was merged and is gone', () => {
  const found = standing({ 'PROJ-7--p3-ui': {}, 'PROJ-7--p1-store': {}, 'PROJ-7--p10-docs': {}, 'PROJ-8--other': {} });
  expect(familyOf(found, 'PROJ-7--p3-ui')).toEqual(['PROJ-7--p1-store', 'PROJ-7--p3-ui', 'PROJ-7--p10-docs']);
  expect(familyOf(found, 'PROJ-8--other')).toEqual(['PROJ-8--other']);
});

it('a ticket stands on the highest part of the one that its spec names, before that on what is recorded', () => {
  const branches = { 'PROJ-5--p1-a': {}, 'PROJ-5--p2-b': {}, 'PROJ-7--x': { stackedOn: 'proj-5' }, 'PROJ-9--p1-y': { recorded: 'PROJ-7' }, 'PROJ-9--p2-z': {}, 'PROJ-10--w': { recorded: 'PROJ-5--p1-a', stackedOn: 'PROJ-9' } };
  expect([...standing(branches)]).toEqual([
    ['PROJ-5--p1-a', undefined],
    ['PROJ-5--p2-b', 'PROJ-5--p1-a'],
    ['PROJ-7--x', 'PROJ-5--p2-b'],
    ['PROJ-9--p1-y', 'PROJ-7--x'],
    ['PROJ-9--p2-z', 'PROJ-9--p1-y'],
    ['PROJ-10--w', 'PROJ-9--p2-z'],
  ]);
  expect(standing({ 'PROJ-7--x': { stackedOn: 'PROJ-5', recorded: 'gone' } }).get('PROJ-7--x')).toBeUndefined();
});

it('the branch of one node stands on its ticket’s branch, whatever the ticket itself stands on', () => {
  const found = standing({ 'PROJ-5--a': {}, 'PROJ-7--x': { stackedOn: 'PROJ-5' }, 'PROJ-7--x--build': { ticket: 'PROJ-7', stackedOn: 'PROJ-5', recorded: 'PROJ-7--x' }, 'PROJ-9--top': { stackedOn: 'PROJ-7' } });
  expect([found.get('PROJ-7--x--build'), found.get('PROJ-9--top')]).toEqual(['PROJ-7--x', 'PROJ-7--x']);
});

it('a branch above a fork says which line is meant', () => {
  const found = standing({ 'PROJ-5--a': {}, 'PROJ-7--x': { stackedOn: 'PROJ-5' }, 'PROJ-8--y': { stackedOn: 'PROJ-5' }, 'PROJ-9--z': { stackedOn: 'PROJ-8' } });
  expect(familyOf(found, 'PROJ-5--a')).toEqual(['PROJ-5--a', 'PROJ-7--x', 'PROJ-8--y', 'PROJ-9--z']);
  const family = familyOf(found, 'PROJ-8--y');
  expect([family, leftOf(found, family)]).toEqual([['PROJ-5--a', 'PROJ-8--y', 'PROJ-9--z'], ['PROJ-7--x']]);
});

it('a circle is named, and so are two branches of which nothing says which is meant', () => {
  const circle = standing({ 'PROJ-7--x': { stackedOn: 'PROJ-8' }, 'PROJ-8--y': { recorded: 'PROJ-7--x' }, 'PROJ-6--w': { stackedOn: 'PROJ-7' }, 'PROJ-5--v': {} });
  expect(() => familyOf(circle, 'PROJ-7--x')).toThrow('Unexpected circle of branches: PROJ-7--x stands on PROJ-8--y stands on PROJ-7--x');
  expect(() => familyOf(circle, 'PROJ-6--w')).toThrow('Unexpected circle');
  expect(familyOf(circle, 'PROJ-5--v')).toEqual(['PROJ-5--v']);
  expect(standing({ 'PROJ-7--x': { recorded: 'PROJ-7--x', stackedOn: 'PROJ-7' } }).get('PROJ-7--x')).toBeUndefined();
  const two = { 'PROJ-5--a': {}, 'PROJ-5--b': {} };
  expect(() => familyOf(standing({ ...two, 'PROJ-7--x': { stackedOn: 'PROJ-5' } }), 'PROJ-7--x')).toThrow('Unexpected branches PROJ-5--a and PROJ-5--b below PROJ-7--x');
  expect(standing({ ...two, 'PROJ-7--x': { stackedOn: 'PROJ-5', recorded: 'PROJ-5--b' } }).get('PROJ-7--x')).toBe('PROJ-5--b');
});
