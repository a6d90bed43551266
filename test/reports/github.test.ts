import { describe, expect, it } from 'vitest';
import { githubReport } from '../../src/render/github.ts';
import type { Finding, Severity } from '../../src/tree/finding.ts';

const finding = (severity: Severity, over: Partial<Finding> = {}): Finding => ({ rule: 'some-rule', severity, path: 'docs/a.md', line: 3, column: 5, message: 'Unexpected x, expected y', remedy: 'Write y.', ...over });
const report = (findings: readonly Finding[]) => githubReport({ findings, waived: [], documents: 3, tickets: 1 }).split('\n');

describe('annotations for GitHub', () => {
  it('are workflow commands, errors first', () => {
    expect(report([finding('warning'), finding('error', { path: 'b.md' })])).toEqual([
      '::error file=b.md,line=3,col=5,title=some-rule::Unexpected x, expected y%0Amend: Write y.',
      '::warning file=docs/a.md,line=3,col=5,title=some-rule::Unexpected x, expected y%0Amend: Write y.',
      '1 error, 1 warning (3 documents in 1 ticket checked)',
    ]);
  });

  it('escape what would end a property or a command, and control characters', () => {
    const [line] = report([finding('error', { path: 'a,line=1:%\r\n::error::x.md', message: '100% of\r\n::stop-commands::x\u001b[2J' })]) as [string];
    expect(line).toBe('::error file=a%2Cline=1%3A%25%0D%0A%3A%3Aerror%3A%3Ax.md,line=3,col=5,title=some-rule::100%25 of\\x0d%0A::stop-commands::x\\x1b[2J%0Amend: Write y.');
  });

  it('name no file where there is none: of a commit and of a branch', () => {
    const message = { ...finding('error', { path: 'COMMIT_EDITMSG' }), commit: '0123456789abcdef' };
    expect(report([message, finding('error', { path: 'refs/heads/a:b' })]).slice(0, 2)).toEqual([
      '::error title=some-rule::the message of commit 0123456789: Unexpected x, expected y%0Amend: Write y.',
      '::error title=some-rule::refs/heads/a:b: Unexpected x, expected y%0Amend: Write y.',
    ]);
  });

  it('are at most ten of a type; the others stand in the log and are counted', () => {
    const errors = Array.from({ length: 13 }, (_, index) => finding('error', { line: index + 1 }));
    const warnings = Array.from({ length: 11 }, (_, index) => finding('warning', { line: index + 1 }));
    const lines = report([...warnings, ...errors]);
    expect(lines.filter((line) => line.startsWith('::error '))).toHaveLength(10);
    expect(lines.filter((line) => line.startsWith('::warning '))).toHaveLength(10);
    expect(lines).toContain('::notice title=treework::3 more errors and 1 more warning: the log of this step and its summary name them');
    expect(lines.filter((line) => line.startsWith('- docs/a.md:'))).toHaveLength(4);
    expect(lines.at(-1)).toBe('13 errors, 11 warnings (3 documents in 1 ticket checked)');
  });

  it('leave no way for text of a branch to become a command of its own', () => {
    const evil = '::add-mask::x\n::set-env name=A::b\n##[error]x';
    const many = Array.from({ length: 12 }, () => finding('error', { path: evil, message: evil, remedy: `${evil} \u2028::warning::y` }));
    for (const line of report(many)) {
      expect(line.trimStart()).toMatch(/^(?!::)|^::(?:error file=|notice title=treework::|group::2 more errors$|endgroup::$)/);
      expect(line.startsWith('::error') || !line.includes('##[')).toBe(true);
    }
  });
});
