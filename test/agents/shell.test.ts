import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellCommands } from '../../src/workflow/shell-words.ts';
import { shellWrites } from '../../src/workflow/shell-writes.ts';

const SPEC = 'docs/specs/PROJ-7/spec.md';

describe('a shell line', () => {
  it.each<[string, readonly (readonly string[])[]]>([
    ['a b  c', [['a', 'b', 'c']]],
    [`a 'b c' "d \\" e" f\\ g`, [['a', 'b c', 'd " e', 'f g']]],
    ['a; b && c || d | e & f\ng', [['a'], ['b'], ['c'], ['d'], ['e'], ['f'], ['g']]],
    ['(a b) # c\nd', [['a', 'b'], ['d']]],
    ['a <<EOF\nnot a command > x\nEOF\nb', [['a'], ['b']]],
    ['a < in', [['a']]],
  ])('is read as a shell reads it: %j', (line, commands) => {
    expect(shellCommands(line).map(({ words }) => words)).toEqual(commands);
  });

  it.each<[string, string[]]>([
    ['echo x > out', ['out']],
    ['echo x >>out 2>err', ['out', 'err']],
    ['a 2>&1', []],
    ['a &> all', ['all']],
    [`cat <<'EOF' > "a b"\n# text\nEOF`, ['a b']],
  ])('says where its output goes: %j', (line, into) => {
    expect(shellCommands(line).flatMap((one) => one.into)).toEqual(into);
  });

  it('never throws and always ends, whatever it is', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'ab/ \'"\\;&|()<>\n$`*#=-EOF') }), (line) => {
      shellWrites(line);
    }), { numRuns: Number(process.env.TREEWORK_RUNS ?? 300) });
  });
});

describe('what a shell line writes', () => {
  it.each([
    `echo x > ${SPEC}`,
    `cat a | tee -a ${SPEC}`,
    `sed -i.bak 's/a/b/' ${SPEC}`,
    `perl -pi -e 's/a/b/' ${SPEC}`,
    `cp /tmp/new ${SPEC}`,
    `mv ${SPEC} /tmp/old`,
    `rm -f ./x ${SPEC}`,
    `git mv ${SPEC} elsewhere.md`,
    `cd docs/specs && truncate -s0 PROJ-7/spec.md`,
    `sudo env A=1 sh -c "echo y >> ${SPEC}"`,
    `FOO=1 dd if=/dev/null of=${SPEC}`,
    `node -e "require('fs').writeFileSync('${SPEC}', '')"`,
    `python3 - <<'EOF'\nprint()\nEOF\npython3 -c "open('${SPEC}','w').write('')"`,
    `find ${SPEC} -delete`,
    `if true; then echo x >| '${SPEC}'; fi`,
  ])('is seen: %s', (line) => {
    expect(shellWrites(line).map(({ path }) => path)).toContain(SPEC);
  });

  it.each([
    `cat ${SPEC}`,
    `grep -n SHALL ${SPEC} > /tmp/found`,
    `git diff ${SPEC} | head`,
    `git checkout -- ${SPEC}`,
    `sed -n 1,5p ${SPEC}`,
    `node -e "console.log(require('fs').readFileSync('${SPEC}'))"`,
    `cp ${SPEC} /tmp/copy`,
    `treework check ${SPEC}`,
    `echo "> ${SPEC}"`,
  ])('is not made up: %s', (line) => {
    expect(shellWrites(line).map(({ path }) => path)).not.toContain(SPEC);
  });
});
