import { branchPatterns, fitsBranchPattern, ticketOfBranchName } from '../workflow/branch-names.ts';
import { refPath, type Rule } from '../workflow/rule.ts';

export const rule: Rule = {
  id: 'branch-name',
  group: 'repository',
  severity: 'error',
  offIn: ['trunk'],
  needsName: true,

  *ref({ name, isTrunk }, { settings, options }) {
    if (name === undefined || isTrunk || ticketOfBranchName(name, settings) !== undefined) return;
    const allowed = Array.isArray(options.allow) ? options.allow.filter((pattern) => typeof pattern === 'string') : [];
    const patterns = [...branchPatterns(settings), ...allowed];
    if (patterns.some((pattern) => fitsBranchPattern(name, pattern))) return;
    yield {
      path: refPath(name),
      message: `Unexpected branch ${name}, expected TICKET--slug, TICKET--p2-slug in a stack${patterns.length > 0 ? `, or ${patterns.join(', ')}` : ''}`,
      remedy: `git branch -m '${name.replaceAll("'", "'\\''")}' TICKET--slug, then push that; a pattern of your own: rules: {branch-name: {allow: ['bot/{name}']}} in WORKSPACE.md`,
    };
  },
};
