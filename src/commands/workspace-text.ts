import type { Repository } from '../git/repository.ts';

/** The smallest WORKSPACE.md: everything else has a default. */
export function workspaceText(trunk: string): string {
  const branches = trunk === 'main' ? '' : `branches: {trunk: ${JSON.stringify(trunk)}}\n`;
  return `---
treework: 1
${branches}---
# Workspace

Specs and tasks of this repository live in \`docs/specs/TICKET/\` and are kept honest by treework.
A spec is free to change until \`tasks.md\` freezes it; from then on a change record changes it.

- \`treework new spec --ticket PROJ-1 --title "…"\` begins a ticket.
- \`treework check\` says what is wrong, \`treework explain RULE\` why.
- Layout, branches and rules are set in the frontmatter above; nothing needs to be.
`;
}

/** The branch that everything is merged into: the remote's default, else main or master, else the one checked out. */
export function trunkOf(repository: Repository): string {
  const remote = repository.tryGit(['symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD']);
  if (remote.status === 0) return remote.stdout.toString().trim().slice('refs/remotes/origin/'.length);
  for (const name of ['main', 'master', 'trunk']) {
    if (repository.commit(`refs/heads/${name}`) !== undefined || repository.commit(`refs/remotes/origin/${name}`) !== undefined) return name;
  }
  return repository.branch ?? 'main';
}
