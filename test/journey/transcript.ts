import type { Told } from './agent.ts';

const INTRO = `# A journey by next actions

A scripted agent that knows nothing but \`next_action\` makes a small package: it runs the command that it is
given, or does what an action's name stands for, and asks \`treework next\` where an answer leads no further. On
the way a reviewer fails its work, a person proposes a blocking and a replacing change of the spec, and a fork
is opened and archived; then the ticket itself is. Each step is what was run, by whom, and the \`next_action\` that was answered.
\`test/journey/journey.test.ts\` walks it again and holds this page to it; what differs from run to run (ids,
digests, commits) stands as \`…\`.
`;

/** The page: one paragraph a step, in a form that is the same in every run. */
export function transcript(told: readonly Told[], root: string): string {
  const steps = told.map(({ who, line, exit, answer }, index) => {
    const said = answer && JSON.stringify(answer.next_action ?? shortened(answer));
    return `## ${index + 1}\n\n\`\`\`sh\n# ${who}\n${line}\n\`\`\`\n${exit === 0 ? '' : `\nexit ${exit}\n`}${said === undefined ? '' : `\n\`\`\`json\n${said}\n\`\`\`\n`}`;
  });
  return normal([INTRO, ...steps].join('\n'), root);
}

function shortened(answer: object): object {
  return Object.fromEntries(Object.entries(answer).filter(([key]) => key === 'ok' || key === 'error' || key === 'tokens'));
}

function normal(text: string, root: string): string {
  return text
    .replaceAll(root, '/tmp/journey')
    .replaceAll(/sha256:[0-9a-f]{64}/g, 'sha256:…')
    .replaceAll(/\b[0-9a-f]{40}\b/g, '…')
    .replaceAll(/new-work-[0-9a-z]{4}/g, 'new-work-…');
}
