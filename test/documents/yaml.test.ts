import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStrictly } from '../../src/documents/yaml-strict.ts';
import { readPlain } from '../../src/documents/yaml-plain.ts';
import { readYaml } from '../../src/documents/yaml.ts';
import { RUNS, plainSource, yamlSource } from './generators.ts';
import { allowTime, holds } from './holds.ts';

allowTime();

describe('the reader of plain YAML', () => {
  it.each([
    ['any YAML', yamlSource, 0.01],
    ['YAML near the edge of what it reads', plainSource, 0.1],
  ])('reads what the authority reads, or nothing: %s', async (_, sources, share) => {
    let answered = 0;
    await holds(
      fc.property(sources, (source) => {
        const data = readPlain(source);
        if (data === undefined) return;
        answered += 1;
        const strict = readStrictly(source);
        expect({ data, faults: [] }).toEqual({ data: strict.data, faults: strict.faults });
      }),
      4 * RUNS
    );
    // The sources are random: some 8 and 46 in a hundred are plain.
    expect(answered).toBeGreaterThan(4 * RUNS * share);
  });
});

describe('readYaml', () => {
  it.each([
    ['spec: sha256:5f1c\nscope: ["src/**", "*.ts"]\ngoal: {title: A & B, why: no}\n', { spec: 'sha256:5f1c', scope: ['src/**', '*.ts'], goal: { title: 'A & B', why: 'no' } }],
    ['a: |\n  x\n  y\nb: >-\n  c\n  d\n', { a: 'x\ny\n', b: 'c d' }],
    ['at: 2026-01-02\nn: 1_000\nt: 12:30\no: 0o17\nh: 0x1F\nz: 010\nf: 1.50\ny: yes\n', { at: '2026-01-02', n: '1_000', t: '12:30', o: 15, h: 31, z: 10, f: 1.5, y: 'yes' }],
    ['<<: x\n', { '<<': 'x' }],
    ['a: b\r\nc:\r\n  - d\r\n', { a: 'b', c: ['d'] }],
  ])('reads %j', (source, data) => {
    expect(readYaml(source)).toEqual({ data, faults: [] });
  });

  it('keeps `__proto__` an ordinary key', () => {
    for (const source of ['__proto__: {polluted: 1}\n', '__proto__: {polluted: 1}\nb: |\n  x\n']) {
      const { data } = readYaml(source);
      expect(Object.keys(data ?? {})).toContain('__proto__');
      expect((data as { polluted?: number }).polluted).toBeUndefined();
      expect(({} as { polluted?: number }).polluted).toBeUndefined();
    }
  });
});
