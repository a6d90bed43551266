const BEGIN = '<!-- treework: begin (treework init --agents writes this part anew; write outside of it) -->';
const END = '<!-- treework: end -->';

/** What every agent has to know, whatever its client: the rest is in the skills. At most 1 KB, since it is always in the context. */
export function agentsSection(program: string): string {
  return `${BEGIN}
## How work goes here

This repository is governed by treework: WORKSPACE.md, docs/specs/, git hooks.

- \`${program} next --json\` says the one next step, with the command. Do that, then ask again. \`${program} resume\` says where the work stands.
- One ticket, one worktree: \`${program} work ID\`.
- Before each step read \`${program} context NODE\`, not your memory. Work inside the node's scope.
- A frozen spec changes through \`${program} new change\`, accepted by somebody else. Records in nodes/ and forks/ are written by the verbs. Nobody judges their own work.
- What a hook refuses says how to mend it. Never \`--no-verify\`.
- Skills: .agents/skills (Claude Code: .claude/skills).
${END}
`;
}

/** A text with this section in place of the one that it has, or at its end. Everything else stays by the byte. */
export function withAgentsSection(text: string | undefined, section: string): string {
  if (text === undefined || text === '') return section;
  const eol = /\r\n/.test(text) ? '\r\n' : '\n';
  const own = section.replaceAll('\n', eol);
  const [from, to] = [text.indexOf(BEGIN.slice(0, 22)), text.indexOf(END)];
  if (from === -1 || to < from) return `${text}${text.endsWith('\n') ? '' : eol}${eol}${own}`;
  return text.slice(0, from) + own.trimEnd() + text.slice(to + END.length);
}

/** A text without this section and the blank line before it. */
export function withoutAgentsSection(text: string): string {
  const [from, to] = [text.indexOf(BEGIN.slice(0, 22)), text.indexOf(END)];
  if (from === -1 || to < from) return text;
  const before = text.slice(0, from).replace(/(\r?\n)\r?\n$/, '$1');
  return before + text.slice(to + END.length).replace(/^\r?\n/, '');
}
